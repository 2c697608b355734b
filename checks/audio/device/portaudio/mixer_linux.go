package portaudio

import (
	"os"
	"strconv"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"linecheck/checks/audio/device/protocol"
)

// mixerPatience is how long the sound server may take to tell how it is set.
const mixerPatience = 300 * time.Millisecond

// mixer asks the sound server (PulseAudio, or PipeWire in its place) how the
// devices are set that this process plays on and records from now. What it does not
// know stays nil, as everything does where there is no such server.
func mixer() (m protocol.Mixer) {
	answer := make(chan protocol.Mixer, 1)
	go func() { answer <- askServer() }()
	select {
	case m = <-answer:
	case <-time.After(mixerPatience): // this process ends soon, and that goroutine with it
	}
	return m
}

func askServer() (m protocol.Mixer) {
	client, conn, err := proto.Connect("")
	if err != nil {
		return m
	}
	defer func() { _ = conn.Close() }()
	if err := client.Request(&proto.SetClientName{Props: proto.PropList{}}, &proto.SetClientNameReply{}); err != nil {
		return m
	}
	var records proto.GetSourceOutputInfoListReply
	if err := client.Request(&proto.GetSourceOutputInfoList{}, &records); err == nil {
		for _, r := range records {
			var source proto.GetSourceInfoReply
			if ours(r.Properties) && client.Request(&proto.GetSourceInfo{SourceIndex: r.SourceIndex}, &source) == nil {
				m.InputMuted = silent(source.Mute || r.Muted, source.ChannelVolumes)
			}
		}
	}
	var plays proto.GetSinkInputInfoListReply
	if err := client.Request(&proto.GetSinkInputInfoList{}, &plays); err == nil {
		for _, p := range plays {
			var sink proto.GetSinkInfoReply
			if ours(p.Properties) && client.Request(&proto.GetSinkInfo{SinkIndex: p.SinkIndex}, &sink) == nil {
				m.OutputMuted = silent(sink.Mute || p.Muted, sink.ChannelVolumes)
			}
		}
	}
	return m
}

// ours says whether a stream is this process's.
func ours(p proto.PropList) bool {
	return p["application.process.id"].String() == strconv.Itoa(os.Getpid())
}

// silent says whether nothing comes through: muted, or every volume at zero.
func silent(muted bool, volumes proto.ChannelVolumes) *bool {
	zero := len(volumes) > 0
	for _, v := range volumes {
		zero = zero && v == 0
	}
	muted = muted || zero
	return &muted
}
