package webrtc

import (
	"context"
	"encoding/binary"
	"errors"
	"sync/atomic"
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
	// stoodStill is from what lateness on a packet's time is not caught up with: the computer or this program stood
	// still, and a burst of what was missed would be another stream than the one that is measured.
	stoodStill = 10 * media.Interval
	// ticksPerPacket is how far the RTP clock of Opus (48 kHz) goes in one packet.
	ticksPerPacket = 960
)

// errSilent: nothing comes back any more.
var errSilent = errors.New("nothing comes back any more")

// stream is a call with the streams that are measured.
type stream struct {
	call   *call
	rec    *checks.Recorder
	tracks map[media.Stream]*webrtc.TrackLocalStaticRTP
	echoes map[media.Stream]*echoes
	warm   *signal // the first echo

	zero   time.Time     // of our clock
	began  time.Duration // when the measured part of a stream began, with the time that it stood still added
	awake  time.Duration // when it last went on after it had stood still
	number map[*webrtc.TrackLocalStaticRTP]uint16
	back   atomic.Int64 // when the latest packet that came back had been sent, by our clock
	heard  atomic.Int64 // and when it came
	gap    bool         // it was silent for long, and came back
}

// newStream makes a call with tracks for speech and video each way; it is not placed yet.
func newStream(c *call, rec *checks.Recorder) (*stream, error) {
	s := &stream{
		call: c, rec: rec, warm: newSignal(), zero: time.Now(), echoes: map[media.Stream]*echoes{},
		tracks: map[media.Stream]*webrtc.TrackLocalStaticRTP{}, number: map[*webrtc.TrackLocalStaticRTP]uint16{},
	}
	for _, name := range media.Counted() {
		s.echoes[name] = newEchoes()
	}
	speech, err := s.addTrack(media.Opus(), "speech")
	if err != nil {
		return nil, err
	}
	video, err := s.addTrack(media.VP8(), "video")
	if err != nil {
		return nil, err
	}
	for _, name := range []media.Stream{media.Warm, media.Speech, media.Loaded, media.Fallback} {
		s.tracks[name] = speech
	}
	s.tracks[media.Video] = video
	c.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		go media.Discard(receiver.Read)
		s.read(track)
	})
	c.channel.OnMessage(func(m webrtc.DataChannelMessage) {
		if sent, ok := readPing(m.Data); ok {
			s.echoes[media.Speech].ping(s.now() - sent)
		}
	})
	return s, nil
}

func (s *stream) addTrack(codec webrtc.RTPCodecParameters, name string) (*webrtc.TrackLocalStaticRTP, error) {
	track, err := webrtc.NewTrackLocalStaticRTP(codec.RTPCodecCapability, name, "linecheck")
	if err != nil {
		return nil, err
	}
	sender, err := s.call.pc.AddTrack(track)
	if err != nil {
		return nil, err
	}
	go media.Discard(sender.Read) // ends with the call, as read does
	return track, nil
}

// now is our clock.
func (s *stream) now() time.Duration { return time.Since(s.zero) }

// read takes echoes until the track ends.
func (s *stream) read(track *webrtc.TrackRemote) {
	b := make([]byte, media.MaxPacket)
	for {
		_, payload, err := media.ReadPacket(track, b)
		if err != nil {
			return
		}
		back := s.now()
		d, ok := media.ParseDown(payload)
		if !ok {
			continue
		}
		s.back.Store(int64(d.Up.Sent))
		s.heard.Store(int64(back))
		if d.Up.Stream == media.Warm {
			s.warm.fire()
		} else {
			s.echoes[d.Up.Stream].take(d, back)
		}
	}
}

// send sends one packet. One that the socket refuses is lost, like any other.
func (s *stream) send(up media.Up, size int) {
	track := s.tracks[up.Stream]
	number := s.number[track]
	s.number[track]++
	header := rtp.Header{Version: 2, SequenceNumber: number, Timestamp: uint32(number) * ticksPerPacket}
	_ = track.WriteRTP(&rtp.Packet{Header: header, Payload: up.Payload(size)})
}

// warmUp sends packets that nobody counts until the first echo is there, so that
// what the ends need to get going is not measured as jitter or loss.
func (s *stream) warmUp(ctx context.Context) error {
	tick := time.NewTicker(media.Interval)
	defer tick.Stop()
	limit := time.NewTimer(firstEchoLimit)
	defer limit.Stop()
	for {
		s.send(media.Up{Stream: media.Warm, Sent: s.now()}, media.SpeechSize)
		select {
		case <-s.warm.ch:
			return nil
		case <-tick.C:
		case <-limit.C:
			return checks.Unavailable("webrtc."+codeSilent, report.FaultNetwork, errTooLong)
		case <-s.call.lost.ch:
			return checks.Unavailable("webrtc."+codeSilent, report.FaultNetwork, errLost)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flow sends a measured stream, each packet at its time, with video beside it
// where that is wanted. look is called with every packet, by its number. It ends
// early with errSilent when nothing comes back.
func (s *stream) flow(ctx context.Context, name media.Stream, packets int, video bool, look func(i int)) error {
	s.began = s.now()
	own := s.echoes[name]
	pictures := uint32(0)
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
		own.send(at, at-due)
		if at-due > stoodStill {
			s.began += at - due
			s.awake = at // nothing could come back of what was not sent
		}
		s.send(media.Up{Stream: name, Seq: uint32(i), Sent: at}, media.SpeechSize)
		if i%pingEvery == 0 {
			_ = s.call.channel.Send(ping(s.now())) // a ping that cannot be sent is not answered
		}
		if video && i%media.FrameSpeech == 0 {
			for range media.FramePackets {
				at := s.now()
				s.echoes[media.Video].send(at, 0)
				s.send(media.Up{Stream: media.Video, Seq: pictures, Sent: at}, media.VideoSize)
				pictures++
			}
		}
		if look != nil {
			look(i)
		}
		if now := s.now(); now-at > stoodStill {
			s.awake = now
		}
		if s.silence() > patienceOf(name) {
			return errSilent
		}
	}
	return nil
}

// silence is for how long nothing has come back.
func (s *stream) silence() time.Duration {
	last := max(time.Duration(s.heard.Load()), s.began, s.awake)
	quiet := s.now() - last
	if quiet > silenceLimit {
		s.gap = true // whether it ends is found out later
	}
	return quiet
}

// patienceOf is after what silence a stream ends: what was said before decides on a call, the rest tells of one case.
func patienceOf(name media.Stream) time.Duration {
	if name == media.Speech {
		return backLimit
	}
	return silenceLimit
}

// show tells how the stream fares at this moment.
func (s *stream) show(sent, packets int) {
	if sent%showEvery != 0 {
		return
	}
	rtt, missing := s.echoes[media.Speech].live(sent - showSettled)
	var live []report.Metric
	if n, ok := report.Num(rtt); ok {
		live = append(live, report.Metric{Key: "webrtc.rtt.ms", Value: n, Unit: "ms", Origin: report.Client})
	}
	live = append(live, report.Metric{Key: "webrtc.lost", Value: report.Number(missing), Unit: "count", Origin: report.Client})
	s.rec.Progress(checks.Progress{Stage: "call", Fraction: 0.08 + 0.58*float64(sent)/float64(packets), Live: live})
}

// drain waits for the echoes still on their way.
func (s *stream) drain(ctx context.Context, name media.Stream) error {
	tick := time.NewTicker(media.Interval)
	defer tick.Stop()
	limit := time.NewTimer(drainLimit)
	defer limit.Stop()
	for !s.echoes[name].complete() {
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
