package webrtc

import (
	"slices"
	"sync"
	"time"

	"linecheck/checks/internal/media"
	"linecheck/checks/internal/stats"
)

// echoes collects what comes back of a stream. Its methods may be called from any goroutine.
type echoes struct {
	mu     sync.Mutex
	down   media.Tally
	sent   []time.Duration // when each packet was handed to the network
	late   []float64       // how late each was sent, in ms
	echo   map[uint32]echo // by the sequence number of the packet that was echoed
	recent []float64       // round trips since the last look, in ms
	count  uint32          // the highest count of arrivals the far end told
	latest time.Duration   // when the latest echo came
	pings  []float64       // round trips over the data channel, in ms
}

// echo is one packet that came back, with its four times: sent and back on our
// clock, received and returned on the far end's.
type echo struct {
	seq                            uint32 // the far end's own sequence number
	sent, received, returned, back time.Duration
}

// roundTrip is the time on the way, without what the far end needed.
func (e echo) roundTrip() time.Duration { return (e.back - e.sent) - (e.returned - e.received) }

func newEchoes() *echoes { return &echoes{echo: map[uint32]echo{}} }

// send books the next packet as sent at that time, that late.
func (e *echoes) send(at, late time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sent = append(e.sent, at)
	e.late = append(e.late, ms(late))
}

// take books an echo that came back at that time of our clock.
func (e *echoes) take(d media.Down, back time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if int(d.Up.Seq) >= len(e.sent) {
		return
	}
	one := echo{seq: d.Seq, sent: e.sent[d.Up.Seq], received: d.Received, returned: d.Sent, back: back}
	// No clock runs backwards: then the far end tells nonsense.
	if one.returned < one.received || one.roundTrip() < 0 || !e.down.Add(d.Seq, d.Sent, back) {
		return
	}
	e.echo[d.Up.Seq] = one
	e.recent = append(e.recent, ms(one.roundTrip()))
	e.count = max(e.count, d.Count)
	e.latest = back
}

// ping books a round trip over the data channel.
func (e *echoes) ping(took time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pings = append(e.pings, ms(took))
}

// live is the median round trip since the last call, in ms (NaN where nothing
// came), and how many of the first packets have not come back.
func (e *echoes) live(first int) (rtt float64, missing int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	rtt = stats.Median(e.recent)
	e.recent = e.recent[:0]
	for seq := range uint32(max(0, first)) {
		if _, ok := e.echo[seq]; !ok {
			missing++
		}
	}
	return rtt, missing
}

// counts are how many packets were sent and how many came back.
func (e *echoes) counts() (sent, came int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.sent), len(e.echo)
}

// complete says whether everything sent came back.
func (e *echoes) complete() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.echo) == len(e.sent)
}

// roundTrips are all round trips in ms, ascending.
func (e *echoes) roundTrips() []float64 {
	out := make([]float64, 0, len(e.echo))
	for _, one := range e.echo {
		out = append(out, ms(one.roundTrip()))
	}
	slices.Sort(out)
	return out
}

// missing is the share that has not come back; 0 where nothing was sent.
func (e *echoes) missing() float64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.sent) == 0 {
		return 0
	}
	return 1 - float64(len(e.echo))/float64(len(e.sent))
}
