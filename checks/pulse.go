package checks

import (
	"sync"
	"time"
)

// pulse turns what a check says of its progress into a steady stream: at least
// one event a heartbeat, at most forty a second, with a fraction that never falls.
type pulse struct {
	spec  Spec
	begin time.Time
	emit  func(Event)

	mu     sync.Mutex
	latest Progress
	fresh  bool

	quit, gone chan struct{}
}

// thinned is the shortest time between two progress events: half of that between two levels of a
// meter, which comes twenty times a second, so that none of these is lost.
const thinned = 25 * time.Millisecond

func newPulse(spec Spec, begin time.Time, emit func(Event)) *pulse {
	p := &pulse{spec: spec, begin: begin, emit: emit, quit: make(chan struct{}), gone: make(chan struct{})}
	go p.loop()
	return p
}

// set takes the newest progress; it replaces what was not shown yet.
func (p *pulse) set(n Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n.Fraction = max(p.latest.Fraction, n.Fraction)
	if n.Stage == "" {
		n.Stage = p.latest.Stage
	}
	p.latest, p.fresh = n, true
}

func (p *pulse) loop() {
	defer close(p.gone)
	tick := time.NewTicker(thinned)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-p.quit:
			return
		case now := <-tick.C:
			if n, ok := p.next(now, now.Sub(last) >= heartbeat); ok {
				last = now
				p.emit(Event{Type: EventProgress, Check: p.spec.ID, At: now, Progress: n, Elapsed: now.Sub(p.begin)})
			}
		}
	}
}

// next is the progress to show now, if there is any. Where the check itself
// does not know how far it is, the time it usually takes says so, up to 95 %.
func (p *pulse) next(now time.Time, due bool) (Progress, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.fresh && !due {
		return Progress{}, false
	}
	p.fresh = false
	if p.spec.Typical > 0 {
		guess := min(0.95, now.Sub(p.begin).Seconds()/p.spec.Typical.Seconds())
		p.latest.Fraction = max(p.latest.Fraction, guess)
	}
	n := p.latest
	p.latest.Live = nil
	return n, true
}

func (p *pulse) stop() {
	close(p.quit)
	<-p.gone
}
