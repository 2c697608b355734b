package portal

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// perMinute and burst bound the look-ups of one address: a person with a pile of
	// papers gets through, a program that guesses does not.
	perMinute = 30
	burst     = 20
	// mostVisitors bounds the memory for them; beyond it all are forgotten.
	mostVisitors = 10_000
)

// visitors bounds how often each address may ask.
type visitors struct {
	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

func newVisitors() *visitors { return &visitors{seen: map[string]*rate.Limiter{}} }

// allow says whether this address may ask now.
func (v *visitors) allow(address string, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	l := v.seen[address]
	if l == nil {
		if len(v.seen) >= mostVisitors {
			clear(v.seen)
		}
		l = rate.NewLimiter(rate.Every(time.Minute/perMinute), burst)
		v.seen[address] = l
	}
	return l.AllowN(now, 1)
}
