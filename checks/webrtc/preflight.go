package webrtc

import (
	"cmp"
	"context"
	"net"
	"sync"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/address"
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
	ways      map[Way]found  // those that the far end offers
	ports     map[int]string // what became of connections over TCP, as in a picture
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
	asking, stop := context.WithTimeout(ctx, askLimit)
	defer stop()
	var ice exchange.ICE
	err := again(asking, s, func() (err error) {
		ice, err = s.ICE(asking)
		return err
	})
	if err != nil {
		return flight{}, afterwards(ctx, s, err)
	}
	limited, cancel := context.WithTimeout(ctx, preflightLimit)
	defer cancel()
	f := flight{ways: map[Way]found{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	stun, offered := stunOf(ice), serversOf(ice)
	var refused error
	if len(stun) > 0 {
		all.Go(func() {
			at, err := nat.Resolve(limited, stun[0])
			if err != nil || len(at) == 0 {
				return // the survey says why
			}
			all.Go(func() { refused = refusal(limited, at[0]) })
			f.filtering = filtering(limited, at[0])
		})
		all.Go(func() { f.stun = nat.Ask(limited, stun) })
	}
	for way, servers := range offered {
		all.Go(func() {
			one := try(limited, ctx, s, way, servers)
			mu.Lock()
			defer mu.Unlock()
			f.ways[way] = one
		})
	}
	all.Go(func() { f.ports = tryPorts(limited, echoHost(s), offered) })
	all.Wait()
	if ctx.Err() != nil {
		return flight{}, ctx.Err()
	}
	if len(stun) > 0 {
		var one found
		if f.stun.Err != nil {
			one.err = Direct.why(cmp.Or(refused, f.stun.Err))
		}
		f.ways[Direct] = one
	}
	return f, nil
}

// try opens a way and closes it again; limited ends before ctx.
func try(limited, ctx context.Context, s *exchange.Session, way Way, servers []server) found {
	t, err := open(limited, s, servers)
	if err != nil {
		return found{servers: servers, err: way.why(byServersClock(ctx, s, err))}
	}
	t.close()
	return found{servers: servers}
}

// tryPorts connects over TCP to each port that the far end offers, and leaves out
// those where only a server that is not there can have refused.
func tryPorts(ctx context.Context, own string, offered map[Way][]server) map[int]string {
	ports := map[int]string{}
	hosts := map[string]int{}
	for way, servers := range offered {
		for _, one := range servers {
			if !way.overUDP() {
				hosts[address.Join(one.host, one.port)] = one.port
			}
		}
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for at, port := range hosts {
		all.Go(func() {
			var d net.Dialer
			conn, err := d.DialContext(ctx, "tcp", at)
			state := wayOpen
			if err == nil {
				_ = conn.Close()
			} else if state = DirectTCP.code(err); state == codeTCPRejected && at != address.Join(own, port) || state != codeTCPRejected && state != codeTCPDropped {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if ports[port] != wayOpen {
				ports[port] = state
			}
		})
	}
	all.Wait()
	return ports
}

// noRoute is the problem where there is no way to the far end at all.
func noRoute(ctx context.Context, s *exchange.Session) error {
	_, _, err := routed(ctx, echoHost(s))
	switch {
	case err == nil:
		return nil
	case onlyIPv6(err):
		return checks.Unavailable("webrtc."+codeIPv6, report.FaultNetwork, err)
	}
	return Direct.why(err)
}
