package webrtc

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
)

const (
	// pingEvery is how many packets lie between two pings over the data channel.
	pingEvery = 5
	// showEvery is how many packets lie between two looks at the live values: 240 ms.
	showEvery = 12
	// showSettled is how many packets may still be on their way and are not shown as missing: one second's.
	showSettled = 50
	// ticksPerPacket is how far the RTP clock of Opus (48 kHz) goes in one packet.
	ticksPerPacket = 960
)

// errSilent: nothing comes back any more.
var errSilent = errors.New("nothing comes back any more")

// stream is a call with the stream that is measured.
type stream struct {
	cfg    Config
	call   *call
	rec    *checks.Recorder
	track  *webrtc.TrackLocalStaticRTP
	echoes *echoes
	warm   *signal // the first echo

	zero   time.Time     // of our clock
	began  time.Duration // when the measured part began
	number uint16        // of the next RTP packet
}

// newStream makes a call with an audio track each way; it is not placed yet.
func newStream(cfg Config, onLoopback bool, rec *checks.Recorder) (*stream, error) {
	c, err := newCall(cfg, onLoopback)
	if err != nil {
		return nil, err
	}
	s := &stream{cfg: cfg, call: c, rec: rec, echoes: newEchoes(), warm: newSignal(), zero: time.Now()}
	if s.track, err = webrtc.NewTrackLocalStaticRTP(media.Opus().RTPCodecCapability, "speech", "linecheck"); err != nil {
		c.close()
		return nil, err
	}
	sender, err := c.pc.AddTrack(s.track)
	if err != nil {
		c.close()
		return nil, err
	}
	go discard(sender.Read) // ends with the call, as read does
	c.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		go discard(receiver.Read)
		s.read(track)
	})
	c.channel.OnMessage(func(m webrtc.DataChannelMessage) {
		if sent, ok := readPing(m.Data); ok {
			s.echoes.ping(s.now() - sent)
		}
	})
	return s, nil
}

// now is our clock.
func (s *stream) now() time.Duration { return time.Since(s.zero) }

// discard reads control packets: the library only works on those that are read.
func discard[T any](read func([]byte) (int, T, error)) {
	b := make([]byte, 1500)
	for {
		if _, _, err := read(b); err != nil {
			return
		}
	}
}

// read takes echoes until the track ends.
func (s *stream) read(track *webrtc.TrackRemote) {
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		back := s.now()
		d, ok := media.ParseDown(packet.Payload)
		switch {
		case ok && d.Up.Warm:
			s.warm.fire()
		case ok:
			s.echoes.take(d, back)
		}
	}
}

// send sends one packet. One that the socket refuses is lost, like any other.
func (s *stream) send(up media.Up) {
	header := rtp.Header{Version: 2, SequenceNumber: s.number, Timestamp: uint32(s.number) * ticksPerPacket}
	s.number++
	_ = s.track.WriteRTP(&rtp.Packet{Header: header, Payload: up.Payload()})
}

// warmUp sends packets that nobody counts until the first echo is there, so that
// what the ends need to get going is not measured as jitter or loss.
func (s *stream) warmUp(ctx context.Context) error {
	tick := time.NewTicker(media.Interval)
	defer tick.Stop()
	limit := time.NewTimer(firstEchoLimit)
	defer limit.Stop()
	for {
		s.send(media.Up{Sent: s.now(), Warm: true})
		select {
		case <-s.warm.ch:
			return nil
		case <-tick.C:
		case <-limit.C:
			return checks.Unavailable("webrtc.echo.silent", report.FaultNetwork, errTooLong)
		case <-s.call.lost.ch:
			return checks.Unavailable("webrtc.echo.silent", report.FaultNetwork, errLost)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flow sends the measured packets, each at its time. It ends early with errSilent
// when nothing comes back.
func (s *stream) flow(ctx context.Context) error {
	s.began = s.now()
	packets := int(s.cfg.span / media.Interval)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := range packets {
		due := s.began + time.Duration(i)*media.Interval
		timer.Reset(due - s.now())
		select {
		case <-timer.C:
		case <-s.call.lost.ch:
			return errSilent
		case <-ctx.Done():
			return ctx.Err()
		}
		at := s.now()
		s.echoes.send(at, at-due)
		s.send(media.Up{Seq: uint32(i), Sent: at})
		if i%pingEvery == 0 {
			_ = s.call.channel.Send(ping(s.now())) // a ping that cannot be sent is not answered
		}
		if i%showEvery == 0 {
			s.show(i, packets)
		}
		if s.silent() {
			return errSilent
		}
	}
	return nil
}

// silent says whether nothing came back for too long.
func (s *stream) silent() bool {
	last, ok := s.echoes.lastCame()
	if !ok {
		last = s.began
	}
	return s.now()-last > silenceLimit
}

// show tells how the stream fares at this moment.
func (s *stream) show(sent, packets int) {
	rtt, missing := s.echoes.live(sent - showSettled)
	var live []report.Metric
	if n, ok := report.Num(rtt); ok {
		live = append(live, report.Metric{Key: "webrtc.rtt.ms", Value: n, Unit: "ms", Origin: report.Client})
	}
	live = append(live, report.Metric{Key: "webrtc.lost", Value: report.Number(missing), Unit: "count", Origin: report.Client})
	s.rec.Progress(checks.Progress{Stage: "call", Fraction: 0.08 + 0.85*float64(sent)/float64(packets), Live: live})
}

// drain waits for the echoes still on their way.
func (s *stream) drain(ctx context.Context) error {
	tick := time.NewTicker(media.Interval)
	defer tick.Stop()
	limit := time.NewTimer(drainLimit)
	defer limit.Stop()
	for !s.echoes.complete() {
		select {
		case <-tick.C:
		case <-limit.C:
			return nil
		case <-s.call.lost.ch:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// ping is a data channel message that says when it was sent.
func ping(at time.Duration) []byte {
	return binary.BigEndian.AppendUint64([]byte("ping"), uint64(at))
}

func readPing(b []byte) (at time.Duration, ok bool) {
	if len(b) != 12 || string(b[:4]) != "ping" {
		return 0, false
	}
	return time.Duration(binary.BigEndian.Uint64(b[4:])), true
}
