package webrtc

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"linecheck/report/exchange"
)

// memoryLife is how long what was found counts: less than the credentials of relays do.
const memoryLife = 4 * time.Minute

// Memory is what [Connect] found of the ways for the [Media] that comes after it, so
// that ways that are closed are not tried twice. Its zero value is ready; it may be
// used from any goroutine.
//
// It is used once: whoever runs Media again may have changed something meanwhile.
type Memory struct {
	mu    sync.Mutex
	token string       // of the session
	own   []netip.Addr // from where its calls went
	at    time.Time
	spent time.Duration
	found flight
}

// keep remembers a flight that some way came through, and how long finding out took.
func (m *Memory) keep(s *exchange.Session, own []netip.Addr, f flight, spent time.Duration) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.token, m.own, m.at, m.spent, m.found = s.Grant.Token, own, time.Now(), spent, f
}

// take gives and forgets what is remembered of a session; ok is false where there is
// nothing, it is old, or this computer sends from other addresses now.
func (m *Memory) take(s *exchange.Session, own []netip.Addr, now time.Time) (f flight, spent time.Duration, ok bool) {
	if m == nil {
		return flight{}, 0, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	ok = m.token != "" && m.token == s.Grant.Token && now.Sub(m.at) < memoryLife && slices.Equal(m.own, own)
	f, spent = m.found, m.spent
	m.token, m.own, m.at, m.spent, m.found = "", nil, time.Time{}, 0, flight{}
	if !ok {
		return flight{}, 0, false
	}
	return f, spent, true
}
