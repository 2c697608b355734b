// Package visitor bounds how often one address may ask the server for something that
// could be guessed: look-up codes and codes of invites. What is asked for does not come in here.
package visitor

import (
	"net"
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

// Network is the subscriber's network that an address, with or without a port, is in: of IPv6
// a subscriber has all of a /64. It is not valid where there is no address.
func Network(from string) netip.Prefix {
	if host, _, err := net.SplitHostPort(from); err == nil {
		from = host
	}
	a, err := netip.ParseAddr(from)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = networkBits
	}
	return netip.PrefixFrom(a, bits).Masked()
}

// address is where a request comes from, by its network.
func address(r *http.Request) string { return Name(r.RemoteAddr) }

// Name is the network of an address as a text; the text itself where it is no address.
func Name(from string) string {
	n := Network(from)
	switch {
	case !n.IsValid():
		return from
	case n.IsSingleIP():
		return n.Addr().String()
	}
	return n.String()
}
