package webrtc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/turn/v4"

	"linecheck/checks/internal/address"
	"linecheck/checks/internal/media"
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
	permit func(netip.AddrPort) error
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

// open makes a tunnel to the first of a way's servers that lets one through.
func open(ctx context.Context, s *exchange.Session, servers []server) (*tunnel, error) {
	var errs []error
	for _, one := range servers {
		t, err := one.open(ctx, s)
		if err == nil {
			return t, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

func (w server) open(ctx context.Context, s *exchange.Session) (*tunnel, error) {
	if w.way == TURNUDP {
		return w.overUDP(ctx)
	}
	conn, err := w.dial(ctx, s)
	if err != nil {
		return nil, err
	}
	if w.way == DirectTCP {
		return overTCP(conn), nil
	}
	return w.allocate(ctx, conn, turn.NewSTUNConn(conn))
}

// overUDP allocates over IPv4 and IPv6 at once, where the server has both, and takes the first.
func (w server) overUDP(ctx context.Context) (*tunnel, error) {
	ips, err := address.Lookup(ctx, w.host)
	if err != nil {
		return nil, err
	}
	type result struct {
		t   *tunnel
		err error
	}
	race, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result, len(ips))
	running := 0
	seen := map[bool]bool{}
	for _, ip := range ips {
		if seen[ip.Is4()] {
			continue
		}
		seen[ip.Is4()] = true
		running++
		go func() {
			conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(w.port))))
			if err != nil {
				results <- result{err: err}
				return
			}
			t, err := w.allocate(race, conn, connected{conn})
			results <- result{t, err}
		}()
	}
	var won *tunnel
	var errs []error
	for range running {
		r := <-results
		switch {
		case r.err != nil:
			errs = append(errs, r.err)
		case won == nil:
			won = r.t
			cancel()
		default:
			r.t.close()
		}
	}
	if won != nil {
		return won, nil
	}
	return nil, errors.Join(errs...)
}

// connected makes a packet socket of a connected one, so that the system tells of refusals.
type connected struct{ net.Conn }

func (c connected) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := c.Read(b)
	return n, c.RemoteAddr(), err
}

func (c connected) WriteTo(b []byte, _ net.Addr) (int, error) { return c.Write(b) }

// relayRead is the largest message that can come from a relay over TCP, in bytes.
const relayRead = 1 << 16

// allocate asks for a relay. conn is closed when it fails or the tunnel ends.
func (w server) allocate(ctx context.Context, conn net.Conn, packets net.PacketConn) (*tunnel, error) {
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: nowhere, Username: w.username, Password: w.secret, Conn: packets, LoggerFactory: media.Quiet(),
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	var mu sync.Mutex
	var broke error // why reading ended
	read := make(chan struct{})
	go func() {
		defer close(read)
		b := make([]byte, relayRead)
		for {
			n, from, err := packets.ReadFrom(b)
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
	relayed, err := client.Allocate()
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
	return &tunnel{
		PacketConn: relayed,
		permit:     func(peer netip.AddrPort) error { return client.CreatePermission(net.UDPAddrFromAddrPort(peer)) },
		end: func() {
			_ = conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
			_ = relayed.Close() // says goodbye, so that the relay is free at once
			end()
		},
	}, nil
}
