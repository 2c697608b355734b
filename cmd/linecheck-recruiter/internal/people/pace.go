package people

import (
	"slices"
	"sync"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/visitor"

	"golang.org/x/time/rate"
)

// How often one may be wrong: so many times at once, and then once in so long.
const (
	addressBurst = 20
	addressEvery = 10 * time.Second
	loginBurst   = 10
	loginEvery   = 30 * time.Second
	// mostPaced bounds the memory for each of them; beyond it those that were wrong are forgotten.
	mostPaced = 10_000
	// mostKnown is from how many networks a login is known.
	mostKnown = 4
)

// pace bounds how often addresses, and strangers with a login, may be wrong. Where somebody
// signed in from before they are no stranger: however often others try their login elsewhere, they get in there.
type pace struct {
	addresses, logins *limits

	mu    sync.Mutex
	known map[string][]string // networks that people signed in from, by their logins: only as many as there are people
}

func newPace() *pace {
	return &pace{
		addresses: &limits{every: rate.Every(addressEvery), burst: addressBurst, seen: map[string]*rate.Limiter{}},
		logins:    &limits{every: rate.Every(loginEvery), burst: loginBurst, seen: map[string]*rate.Limiter{}},
		known:     map[string][]string{},
	}
}

// try is one try to sign in. It counts as wrong until it is good.
type try struct {
	pace           *pace
	login, network string
	counted        []*rate.Reservation
}

// try is nil where it is one too many.
func (p *pace) try(login, from string, now time.Time) *try {
	t := &try{pace: p, login: login, network: networkOf(from)}
	r := p.addresses.take(t.network, now)
	if r == nil {
		return nil
	}
	t.counted = append(t.counted, r)
	if p.isKnown(login, t.network) {
		return t
	}
	if r = p.logins.take(login, now); r == nil {
		return nil
	}
	t.counted = append(t.counted, r)
	return t
}

// good takes the try back, and makes its network known.
func (t *try) good(now time.Time) {
	for _, r := range t.counted {
		r.CancelAt(now)
	}
	t.pace.mu.Lock()
	defer t.pace.mu.Unlock()
	list := slices.DeleteFunc(t.pace.known[t.login], func(n string) bool { return n == t.network })
	list = append(list, t.network)
	t.pace.known[t.login] = list[max(0, len(list)-mostKnown):]
}

func (p *pace) isKnown(login, network string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.known[login], network)
}

// limits is one limit for each of many keys.
type limits struct {
	every rate.Limit
	burst int

	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

// take is nil where the key's limit is reached.
func (l *limits) take(key string, now time.Time) *rate.Reservation {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.seen[key]
	if one == nil {
		if len(l.seen) >= mostPaced {
			clear(l.seen)
		}
		one = rate.NewLimiter(l.every, l.burst)
		l.seen[key] = one
	}
	r := one.ReserveN(now, 1)
	if r.DelayFrom(now) > 0 {
		r.CancelAt(now)
		return nil
	}
	return r
}

// networkOf is the network of an address, with or without a port.
func networkOf(from string) string {
	if n := visitor.Network(from); n.IsValid() {
		return visitor.Name(from)
	}
	return "unknown"
}
