package probe

import (
	"strconv"
	"time"

	"linecheck/checks/internal/media"
	"linecheck/report"
)

// stream counts one echoed media stream, by the probe's own clock and the
// sender's sequence numbers and send times.
type stream struct {
	peer  uint64 // which echo peer it is from; a later one begins anew
	tally media.Tally
}

// receive counts a packet. It returns how many different packets have come and
// is false for a packet that is not to be echoed: one that came before, or one
// of a peer that another has replaced.
func (s *stream) receive(peer uint64, up media.Up, at time.Duration) (count int, ok bool) {
	if peer < s.peer {
		return 0, false
	}
	if peer > s.peer {
		*s = stream{peer: peer}
	}
	if !s.tally.Add(up.Seq, up.Sent, at) {
		return 0, false
	}
	return s.tally.Unique(), true
}

// fill writes what was seen into an observation; nothing where nothing came.
func (s *stream) fill(add func(key string, v float64, unit string, samples int)) {
	came, sent := s.tally.Unique(), s.tally.Expected()
	if came == 0 {
		return
	}
	add("webrtc.packets.up", float64(came), "count", 0)
	add("webrtc.loss.ratio.up", float64(sent-came)/float64(sent), "ratio", sent)
	add("webrtc.reordered.ratio.up", float64(s.tally.Reordered())/float64(came), "ratio", came)
	jitter, steps := s.tally.Jitter()
	add("webrtc.jitter.ms.up", jitter, "ms", steps)
}

// fillMedia writes what was seen of a media stream, and how many other sessions
// moved data meanwhile. The caller holds the account's lock.
func (a *account) fillMedia(o *report.Observation, add func(key string, v float64, unit string, samples int)) {
	a.stream.fill(add)
	if a.stream.tally.Unique() > 0 {
		o.Facts["busy"] = strconv.Itoa(a.busiest)
	}
}
