package probe

import (
	"net/url"
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

// streams are those of one check. The zero value is ready.
type streams struct {
	by   [256]*stream
	sent [256]int // how many packets of each the applicant's program says it sent
}

// declare takes what the applicant's program says it sent of each stream, as
// "webrtc.sent=750&webrtc.video.sent=1500". By it packets that are lost at the very end are
// missed, which sequence numbers cannot show. Whoever says too little gains nothing
// over not sending them, and whoever says too much has lost more.
func (s *streams) declare(said url.Values) {
	for _, name := range media.Counted() {
		if n, err := strconv.Atoi(said.Get(name.Prefix() + "sent")); err == nil && n <= media.MaxPackets {
			s.sent[name] = max(s.sent[name], n)
		}
	}
}

// leastLoaded is how many packets of speech must have been sent on a full line to say
// anything: one second's. The applicant's program leaves them out as well.
const leastLoaded = 50

// receive counts a packet. It returns how many different packets of its stream
// have come and is false for a packet that is not to be echoed: one that came
// before, or one of a peer that another has replaced.
func (s *streams) receive(peer uint64, up media.Up, at time.Duration) (count int, ok bool) {
	one := s.by[up.Stream]
	if one == nil || peer > one.peer {
		one = &stream{peer: peer}
		s.by[up.Stream] = one
	}
	if peer < one.peer || !one.tally.Add(up.Seq, up.Sent, at) {
		return 0, false
	}
	return one.tally.Unique(), true
}

// fill writes what was seen into an observation; nothing where nothing came and nothing is said to have been sent.
func (s *streams) fill(add func(key string, v float64, unit string, samples int)) {
	for _, name := range media.Counted() {
		t := &media.Tally{}
		if one := s.by[name]; one != nil {
			t = &one.tally
		}
		sent := max(t.Expected(), s.sent[name])
		if sent == 0 || name == media.Loaded && sent < leastLoaded {
			continue
		}
		prefix := name.Prefix()
		add(prefix+"packets.up", float64(t.Unique()), "count", 0)
		add(prefix+"reordered.ratio.up", float64(t.Reordered())/float64(t.Unique()), "ratio", t.Unique())
		t.Loss(sent).Fill(prefix+"loss.ratio.up", prefix+"burst.up", add)
		t.Jitter().Fill(prefix+"jitter.ms.up", add)
	}
}

// fillMedia writes what was seen of a media stream, and how many other sessions
// moved data meanwhile. The caller holds the account's lock.
func (a *account) fillMedia(o *report.Observation, add func(key string, v float64, unit string, samples int)) {
	a.streams.fill(add)
	if a.streams.by[media.Speech] != nil {
		o.Facts["busy"] = strconv.Itoa(a.busiest)
	}
}
