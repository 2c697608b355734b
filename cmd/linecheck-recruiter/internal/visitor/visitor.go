// Package visitor bounds how often one address may ask the server for something that
// could be guessed: look-up codes and codes of invites. What is asked for does not come in here.
package visitor

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// perMinute and burst bound the questions of one address: a person with a pile of
	// papers gets through, a program that guesses does not.
	perMinute = 30
	burst     = 20
	// mostVisitors bounds the memory for them; beyond it all are forgotten.
	mostVisitors = 10_000
)

// Limit bounds how often each address may ask. Its methods may be called from any goroutine.
type Limit struct {
	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

// New is a limit that has seen nobody.
func New() *Limit { return &Limit{seen: map[string]*rate.Limiter{}} }

// Allow says whether whoever sent a request may ask now.
func (v *Limit) Allow(r *http.Request, now time.Time) bool { return v.allow(address(r), now) }

func (v *Limit) allow(address string, now time.Time) bool {
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

// networkBits is how much of an IPv6 address is one subscriber's network.
const networkBits = 64

// address is where a request comes from, without the port. Of IPv6 the network counts: a
// subscriber has all addresses in it.
func address(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	a := from.Addr().Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, networkBits).Masked().String()
}
