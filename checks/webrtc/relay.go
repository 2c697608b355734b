package webrtc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v4"

	"linecheck/checks/internal/media"
	"linecheck/checks/internal/wire"
	"linecheck/report/exchange"
)

// errSaysNothing: the server can be reached and does not answer TURN.
var errSaysNothing = errors.New("it can be reached and says nothing")

// tunnel is a packet socket that leads to the echo another way than over this
// computer's own UDP: through a relay, or over TCP.
type tunnel struct {
	net.PacketConn
	// peer is where the echo is, as the tunnel sees it; invalid where that is
	// for the echo's answer to say.
	peer netip.AddrPort
	// permit makes the relay let packets to and from an address through; nil where nobody asks for it.
	permit func(context.Context, netip.AddrPort) error
	end    func()
}

// overIPv4 says of which family the tunnel's far mouth is.
func (t *tunnel) overIPv4() bool {
	a, ok := t.LocalAddr().(*net.UDPAddr)
	return ok && a.IP.To4() != nil
}

// close ends the tunnel at once.
func (t *tunnel) close() { t.end() }

// nowhere is the address of servers that are reached by their connection: a
// library asks for one and never uses it.
const nowhere = "192.0.2.1:3478"

// nextServer is after what time the next of a way's servers is tried beside one that has not answered.
const nextServer = 800 * time.Millisecond

// open makes a tunnel to one of a way's servers: the first in their order, unless it fails or takes long.
func open(ctx context.Context, s *exchange.Session, servers []server) (*tunnel, error) {
	return firstOf(ctx, servers, nextServer, func(race context.Context, one server) (*tunnel, error) { return one.open(race, s) })
}

// firstOf makes a tunnel by the first of several that leads to one: they are tried in their order, each that long after the
// one before, or at once where one has failed. What loses is ended.
func firstOf[T any](ctx context.Context, all []T, after time.Duration, try func(race context.Context, one T) (*tunnel, error)) (*tunnel, error) {
	type result struct {
		t   *tunnel
		err error
	}
	race, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result, len(all))
	next := time.NewTimer(0)
	defer next.Stop()
	var won *tunnel
	var errs []error
	for begun, ended := 0, 0; ended < begun || begun < len(all) && won == nil; {
		select {
		case <-next.C:
			if begun == len(all) || won != nil {
				continue
			}
			one := all[begun]
			begun++
			next.Reset(after)
			go func() {
				t, err := try(race, one)
				results <- result{t, err}
			}()
		case r := <-results:
			ended++
			switch {
			case r.err != nil:
				errs = append(errs, r.err)
				next.Reset(0)
			case won == nil:
				won = r.t
				cancel()
			default:
				r.t.close()
			}
			if ctx.Err() != nil {
				all = all[:begun] // what is asked from now on fails for lack of time alone
			}
		}
	}
	if won != nil {
		return won, nil
	}
	return nil, join(errs)
}

// join joins errors. That a name was not found is left out where another server's was: it does not say why all failed.
func join(errs []error) error {
	named := slices.DeleteFunc(slices.Clone(errs), isDNS)
	if len(named) > 0 {
		return errors.Join(named...)
	}
	return errors.Join(errs...)
}

func isDNS(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns)
}

func (w server) open(ctx context.Context, s *exchange.Session) (*tunnel, error) {
	if w.way == TURNUDP {
		return w.overUDP(ctx, echoAddrs(ctx, s))
	}
	conn, err := w.dial(ctx, s)
	if err != nil {
		return nil, err
	}
	if w.way == DirectTCP {
		return overTCP(conn), nil
	}
	queue := newQueued(conn)
	t, err := w.allocate(ctx, queue, turn.NewSTUNConn(media.NewRelayed(queue)), echoAddrs(ctx, s))
	if secured, ok := conn.(*tls.Conn); ok && err != nil && !errors.Is(err, errSaysNothing) && !isTURN(err) {
		err = &handshake{err: err, issuer: wire.Issuer(secured.ConnectionState().PeerCertificates)}
	}
	return t, err
}

// isTURN says whether a relay itself said no.
func isTURN(err error) bool {
	var said *stun.TurnError
	return errors.As(err, &said)
}

// relayRead is the largest message that can come from a relay over TCP, in bytes.
const relayRead = 1 << 16

// allocate asks for a relay that leads to the echo's addresses. conn is closed when it fails or the tunnel ends.
func (w server) allocate(ctx context.Context, conn net.Conn, packets net.PacketConn, echo []netip.Addr) (*tunnel, error) {
	family := &familyConn{PacketConn: packets, username: w.username, secret: w.secret}
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: nowhere, Username: w.username, Password: w.secret, Conn: family, LoggerFactory: media.Quiet(),
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	var mu sync.Mutex
	var broke error // why reading ended
	var allocated atomic.Bool
	read := make(chan struct{})
	go func() {
		defer close(read)
		b := make([]byte, relayRead)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil && w.way == TURNUDP && allocated.Load() && !errors.Is(err, net.ErrClosed) {
				time.Sleep(time.Millisecond)
				continue // about one packet, as that it was too long for the way; a call is not to end by it
			}
			if err != nil {
				mu.Lock()
				broke = err
				mu.Unlock()
				client.Close() // wakes whoever waits for an answer
				return
			}
			_, _ = client.HandleInbound(b[:n], from) // nonsense is left out
		}
	}()
	var once sync.Once
	end := func() {
		once.Do(func() {
			client.Close()
			_ = conn.Close()
			<-read
		})
	}
	stop := context.AfterFunc(ctx, func() { client.Close(); _ = conn.Close() })
	relayed, err := family.ask(client, echo)
	if !stop() && err == nil { // too late: its timers must not stay behind
		_ = relayed.Close()
		err = ctx.Err()
	}
	if err != nil {
		gaveUp := ctx.Err()
		mu.Lock()
		cause := broke
		mu.Unlock()
		end()
		switch {
		case cause != nil && gaveUp == nil:
			return nil, fmt.Errorf("%w (%w)", cause, err)
		case gaveUp != nil && w.way != TURNUDP:
			return nil, fmt.Errorf("%w (%w)", errSaysNothing, gaveUp)
		case gaveUp != nil:
			return nil, gaveUp
		}
		return nil, err
	}
	allocated.Store(true)
	return &tunnel{
		PacketConn: relayed,
		permit:     func(ctx context.Context, peer netip.AddrPort) error { return permit(ctx, client, peer) },
		end: func() {
			_ = relayed.Close() // says goodbye, so that the relay is free at once
			end()
		},
	}, nil
}

// permitLimit is how long a relay that has answered may take to permit an address.
const permitLimit = 2 * time.Second

// permit asks a relay to let packets to and from an address through. The library
// itself would wait for eight seconds; what is left of it ends with its client.
func permit(ctx context.Context, client *turn.Client, peer netip.AddrPort) error {
	limited, cancel := context.WithTimeout(ctx, permitLimit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- client.CreatePermission(net.UDPAddrFromAddrPort(peer)) }()
	select {
	case err := <-done:
		return err
	case <-limited.Done():
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w (%w)", errSaysNothing, limited.Err())
	}
}
