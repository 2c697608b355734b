package webrtc

import (
	"context"
	"sync"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/nat"
	"linecheck/report"
	"linecheck/report/exchange"
)

// preflightLimit bounds the pre-flight.
const preflightLimit = 4 * time.Second

// found is what the pre-flight found of one way.
type found struct {
	servers []server
	err     error // why it is closed; nil where it is open
}

// flight is what a pre-flight found.
type flight struct {
	stun      nat.Survey
	filtering string
	ways      map[Way]found // those that the far end offers
}

// open says whether calls can be tried by a way.
func (f flight) open(w Way) bool {
	one, offered := f.ways[w]
	return offered && one.err == nil
}

// preflight tries every way with sockets of its own, all at once: only they tell
// why a way is closed. What it opens it closes again.
func preflight(ctx context.Context, s *exchange.Session) (flight, error) {
	if err := noRoute(ctx, s); err != nil { // then asking the server would only take long
		return flight{}, err
	}
	asking, stop := context.WithTimeout(ctx, preflightLimit)
	ice, err := s.ICE(asking)
	stop()
	if err != nil {
		if gone := noRoute(ctx, s); gone != nil {
			err = gone
		}
		return flight{}, problem(ctx, err)
	}
	limited, cancel := context.WithTimeout(ctx, preflightLimit)
	defer cancel()
	f := flight{ways: map[Way]found{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	stun := stunOf(ice)
	if len(stun) > 0 {
		all.Go(func() {
			if at, err := nat.Resolve(limited, stun[0]); err == nil && len(at) > 0 {
				f.filtering = filtering(limited, at[0])
			}
		})
		all.Go(func() {
			f.stun = nat.Ask(limited, stun)
			var one found
			if f.stun.Err != nil {
				one.err = Direct.why(f.stun.Err)
			}
			mu.Lock()
			defer mu.Unlock()
			f.ways[Direct] = one
		})
	}
	for way, servers := range serversOf(ice) {
		all.Go(func() {
			one := found{servers: servers}
			t, err := open(limited, s, servers)
			if err != nil {
				one.err = way.why(err)
			} else {
				t.close()
			}
			mu.Lock()
			defer mu.Unlock()
			f.ways[way] = one
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return flight{}, ctx.Err()
	}
	return f, nil
}

// noRoute is the problem where there is no way to the far end at all.
func noRoute(ctx context.Context, s *exchange.Session) error {
	_, err := routed(ctx, echoHost(s))
	switch {
	case err == nil:
		return nil
	case onlyIPv6(err):
		return checks.Unavailable("webrtc."+codeIPv6, report.FaultNetwork, err)
	}
	return Direct.why(err)
}
