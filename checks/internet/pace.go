package internet

import (
	"time"

	"linecheck/checks/internal/rate"
)

const (
	// growth is by how much the speed must have risen to count as rising still.
	growth = 1.06
	// shortLook is the shortest time between two decisions; on a long way it is longLook round trips.
	shortLook = 300 * time.Millisecond
	longLook  = 3
	// mostFutile is how many additions may bring nothing: one may have by chance.
	mostFutile = 2
	// minLength is the least that a direction is measured, tightShare how narrow its
	// confidence interval must be on either side to end it before its time.
	minLength  = 1900 * time.Millisecond
	tightShare = 0.025
	// quickLength is the least that a direction is measured where only bounds are to be decided.
	quickLength = 700 * time.Millisecond
	// calm is how long the number of connections must have been enough.
	calm = 1100 * time.Millisecond
	// queued is how long packets wait where a queue has formed, and queuedShare that of
	// the round trip: then the line carries all it can, and no more connections help.
	queued      = 3 * time.Millisecond
	queuedShare = 0.1
)

// pace decides how many connections a direction runs on, and when enough was seen.
type pace struct {
	// bounds, in Mbit/s, end it as soon as they are decided; none where the speed itself is asked for.
	bounds  []float64
	rtt     time.Duration
	every   time.Duration
	conns   int
	looked  time.Time // when it was last decided
	added   bool      // connections were added then
	futile  int       // how many additions have brought nothing
	best    float64   // the highest speed at a decision
	settled time.Time // since when no more connections are needed; zero while it is not known
}

// newPace paces a direction over a line of that round trip.
func newPace(rtt time.Duration) *pace {
	return &pace{rtt: rtt, every: max(shortLook, longLook*rtt), conns: fewConnections}
}

// more is how many connections to add now. The first ones are given the time to
// find their speed. Then there are more as long as no queue forms and they help.
func (p *pace) more(c *rate.Counter, now time.Time, waiting func(time.Duration) (time.Duration, bool)) int {
	first, _ := c.Span()
	if first.IsZero() {
		return 0
	}
	if p.looked.IsZero() {
		p.looked = first
	}
	if now.Sub(p.looked) < p.every {
		return 0
	}
	speed := c.Between(now.Add(-p.every*2/3), now)
	if p.added && speed < p.best*growth {
		p.futile++
	}
	p.looked, p.best = now, max(p.best, speed)
	wait, known := waiting(p.every)
	full := known && wait >= max(queued, time.Duration(queuedShare*float64(p.rtt)))
	if full || p.futile >= mostFutile || p.conns == mostConnections {
		if p.settled.IsZero() {
			p.settled = now.Add(-p.every)
		}
		p.added = false
		return 0
	}
	add := min(p.conns, mostConnections-p.conns)
	p.conns, p.added, p.settled = p.conns+add, true, time.Time{}
	return add
}

// enough says whether the speed is known well enough.
func (p *pace) enough(c *rate.Counter, now time.Time) bool {
	first, _ := c.Span()
	if len(p.bounds) > 0 && !first.IsZero() && now.Sub(first) >= quickLength && p.decided(c) {
		return true
	}
	if first.IsZero() || now.Sub(first) < minLength || p.settled.IsZero() || now.Sub(p.settled) < calm {
		return false
	}
	e, ok := c.Estimate()
	return ok && e.Steady && e.Tight(tightShare)
}

// decided says whether it is known on which side of every bound the speed lies.
// More connections can only bring more: below is certain once they are enough.
func (p *pace) decided(c *rate.Counter) bool {
	e, ok := c.Estimate()
	for _, b := range p.bounds {
		above, below := e.Decides(b)
		if !ok || !above && (!below || p.settled.IsZero()) {
			return false
		}
	}
	return true
}
