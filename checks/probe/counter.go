package probe

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// mostCounted bounds the memory for counting; beyond it nobody new is counted.
	mostCounted = 10_000
	// countedFor is how long an address is remembered after its last request.
	countedFor = time.Minute
)

// counter counts requests by the address and port they come from.
type counter struct {
	mu   sync.Mutex
	seen map[netip.AddrPort]*counted
	// swept is when the forgotten were last thrown out: a flood of new addresses must not
	// make each of its packets look through all of them.
	swept time.Time
}

type counted struct {
	n    uint32
	last time.Time
}

// add counts one request and returns how many there were; ok is false where
// there are too many to count.
func (c *counter) add(from netip.AddrPort, now time.Time) (n uint32, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[netip.AddrPort]*counted{}
	}
	e := c.seen[from]
	if e == nil {
		if len(c.seen) >= mostCounted && now.Sub(c.swept) >= time.Second {
			c.swept = now
			for a, old := range c.seen {
				if now.Sub(old.last) > countedFor {
					delete(c.seen, a)
				}
			}
		}
		if len(c.seen) >= mostCounted {
			return 0, false
		}
		e = &counted{}
		c.seen[from] = e
	}
	e.n, e.last = e.n+1, now
	return e.n, true
}
