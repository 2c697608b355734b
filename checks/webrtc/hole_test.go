//go:build !windows

package webrtc

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/exchange"
)

// hole is a way over TCP to a server that can become a black hole: nothing is taken
// any more, and the sender's system fills up soon, because little room is offered.
type hole struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
	shut  chan struct{} // closed when it becomes a hole
	ended sync.WaitGroup
}

func newHole(t *testing.T, to string) *hole {
	t.Helper()
	small := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 1400) // by it the sender's room is measured
		})
	}}
	ln, err := small.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hole{Listener: ln, shut: make(chan struct{})}
	h.ended.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				_ = c.Close()
				continue
			}
			h.mu.Lock()
			h.conns = append(h.conns, c, far)
			h.mu.Unlock()
			h.ended.Go(func() { h.pass(far, c) })
			h.ended.Go(func() { h.pass(c, far) })
		}
	})
	t.Cleanup(h.end)
	return h
}

// pass copies until it becomes a hole; then it holds both ends open and reads nothing.
func (h *hole) pass(to, from net.Conn) {
	b := make([]byte, 2048)
	for {
		n, err := from.Read(b)
		select {
		case <-h.shut:
			return
		default:
		}
		if err != nil {
			_ = to.(*net.TCPConn).CloseWrite()
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			_, _ = io.Copy(io.Discard, from)
			return
		}
	}
}

// end closes all, as a server does that is killed.
func (h *hole) end() {
	_ = h.Close()
	h.mu.Lock()
	for _, c := range h.conns {
		_ = c.Close()
	}
	h.mu.Unlock()
	h.ended.Wait()
}

// through gives a check a memory in which one way alone is open, through the hole.
func (h *hole) through(t *testing.T, cfg *Config, way Way) *exchange.Session {
	t.Helper()
	s, err := cfg.Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := preflight(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	at := h.Addr().(*net.TCPAddr)
	for w, one := range f.ways {
		if w == way {
			for i := range one.servers {
				one.servers[i].port = at.Port
			}
			continue
		}
		one.err = way.why(errTooLong)
		f.ways[w] = one
	}
	_, own, err := routed(t.Context(), echoHost(s))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Memory = new(Memory)
	cfg.Memory.keep(s, own, f, 0)
	return s
}

// A call over TCP that is cut ends in time, is the network's fault, and leaves nothing behind.
func TestACutCallOverTCP(t *testing.T) {
	goroutines, files := openNow()
	sideBySide(t, []Way{DirectTCP, TURNTLS, TURNTCP}, func(t *testing.T, way Way) {
		f := newFar(t)
		cfg := f.config(t)
		h := newHole(t, strings.TrimPrefix(f.url, "https://"))
		h.through(t, &cfg, way)
		begin := time.Now()
		ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), at("call", 0.12, func() { close(h.shut); begin = time.Now() }))
		if ev.Reason != "webrtc.media.stopped" || ev.Fault != report.FaultNetwork || ev.Facts["way"] != string(way) || ev.Facts["media.back"] != "no" {
			t.Errorf("%s: outcome %s, reason %s, fault %s, facts %v", way, ev.Outcome, ev.Reason, ev.Fault, ev.Facts)
		}
		if took := time.Since(begin); took > backLimit+relayLimit+2*time.Second {
			t.Errorf("%s: it ended %v after the cut", way, took)
		}
		h.end()
		f.die() // the echo keeps the call for a while
	})
	settle(t, "three cut calls", goroutines+6, files+6) // connections of HTTP that are kept
}

// A relay that dies while its server lives is the recruiter's.
func TestARelayThatDies(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	cfg.span = 8 * time.Second
	h := newHole(t, strings.TrimPrefix(f.url, "https://"))
	h.through(t, &cfg, TURNTCP)
	for way, one := range cfg.Memory.found.ways { // the only way through a relay
		if way.relayed() && way != TURNTCP {
			one.servers = nil
			cfg.Memory.found.ways[way] = one
		}
	}
	var once sync.Once
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), func(p checks.Progress) {
		if p.Stage == "call" && p.Fraction > 0.15 {
			once.Do(h.end)
		}
	})
	if ev.Reason != "webrtc.turn.dead" || ev.Fault != report.FaultServer {
		t.Errorf("outcome %s, reason %s, fault %s, facts %v", ev.Outcome, ev.Reason, ev.Fault, ev.Facts)
	}
}

// A relay that answered and then says nothing is not waited for as long as the library would.
func TestARelayThatPermitsNothing(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	h := newHole(t, strings.TrimPrefix(f.url, "https://"))
	s := h.through(t, &cfg, TURNTCP)
	tunnel, err := open(t.Context(), s, cfg.Memory.found.ways[TURNTCP].servers)
	if err != nil {
		t.Fatal(err)
	}
	defer tunnel.close()
	close(h.shut)
	begin := time.Now()
	err = tunnel.permit(t.Context(), netip.MustParseAddrPort("127.0.0.1:9"))
	if took := time.Since(begin); TURNTCP.code(err) != codeDead || took > permitLimit+time.Second {
		t.Errorf("%v after %v", err, took)
	}
}
