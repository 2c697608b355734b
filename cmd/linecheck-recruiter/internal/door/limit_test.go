package door

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// host is a server that takes connections within bounds and greets each.
type host struct {
	ln      net.Listener
	metrics *Metrics
	mu      sync.Mutex
	taken   []net.Conn
}

func newHost(t *testing.T, perAddress, total int) *host {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &host{metrics: NewMetrics()}
	h.ln = NewConnLimit(total, h.metrics).Before(ln, perAddress)
	t.Cleanup(func() { _ = h.ln.Close() })
	go func() {
		for {
			c, err := h.ln.Accept()
			if err != nil {
				return
			}
			h.mu.Lock()
			h.taken = append(h.taken, c)
			h.mu.Unlock()
			_, _ = io.WriteString(c, "!")
		}
	}()
	return h
}

// come opens a connection from an address of this computer and says whether it was taken.
func (h *host) come(t *testing.T, from string) (net.Conn, bool) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", h.ln.Addr().String())
	if err != nil { // refused before it was reported open
		return nil, false
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err = io.ReadFull(c, make([]byte, 1))
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Fatal("a connection too many hangs")
	}
	return c, err == nil
}

func TestConnectionsAreBounded(t *testing.T) {
	h := newHost(t, 3, 5)
	for i, c := range []struct {
		from string
		ok   bool
	}{
		{"127.0.0.1", true}, {"127.0.0.1", true}, {"127.0.0.1", true}, {"127.0.0.1", false}, {"127.0.0.2", true}, {"127.0.0.2", true}, {"127.0.0.3", false}, {"127.0.0.2", false},
	} {
		if _, ok := h.come(t, c.from); ok != c.ok {
			t.Errorf("%d from %s: taken is %v, want %v", i, c.from, ok, c.ok)
		}
	}
	expect(t, told(t, h.metrics), `linecheck_connections_open 5`, `linecheck_connections_refused_total{bound="address"} 1`, `linecheck_connections_refused_total{bound="total"} 2`)
	h.mu.Lock()
	first := h.taken[0]
	h.mu.Unlock()
	for range 3 { // closing again changes nothing
		_ = first.Close()
	}
	if _, ok := h.come(t, "127.0.0.1"); !ok {
		t.Error("the place that was left is not given to the next")
	}
	if _, ok := h.come(t, "127.0.0.1"); ok {
		t.Error("one place was left, and two were given")
	}
}

func TestNoBoundForAnAddress(t *testing.T) {
	h := newHost(t, 0, 4)
	for i := range 6 {
		if _, ok := h.come(t, "127.0.0.1"); ok != (i < 4) {
			t.Errorf("%d: %v", i, ok)
		}
	}
}

// Ten thousand connections that say nothing, from one computer: it gets its share, and
// others come in as ever.
func TestManyIdleConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("opens ten thousand connections")
	}
	h := newHost(t, PerAddress, 4096)
	var wait sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 20 {
		wait.Go(func() {
			for range 500 {
				c, ok := h.come(t, "127.0.0.1")
				mu.Lock()
				if ok {
					taken++
				} else if c != nil {
					_ = c.Close()
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if taken != PerAddress {
		t.Errorf("%d were taken, want %d", taken, PerAddress)
	}
	begin := time.Now()
	if _, ok := h.come(t, "127.0.0.2"); !ok || time.Since(begin) > time.Second {
		t.Errorf("another computer: %v after %v", ok, time.Since(begin))
	}
	if text := told(t, h.metrics); !strings.Contains(text, `linecheck_connections_refused_total{bound="address"} 9488`) {
		t.Error(text)
	}
}

// The system can be asked about a connection as before: measuring needs that.
func TestConnectionsStayTCP(t *testing.T) {
	h := newHost(t, 1, 1)
	h.come(t, "127.0.0.1")
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.taken[0]
	if _, ok := c.(syscall.Conn); !ok {
		t.Error("the system cannot be asked")
	}
	if _, ok := c.(interface{ SetNoDelay(bool) error }); !ok {
		t.Error("packets cannot be filled")
	}
	if _, ok := c.(io.ReaderFrom); !ok {
		t.Error("files cannot be sent the short way")
	}
}

func TestWhose(t *testing.T) {
	for a, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%1": "fe80::/64",
	} {
		addr, err := net.ResolveTCPAddr("tcp", net.JoinHostPort(a, "1"))
		if err != nil {
			t.Fatal(err)
		}
		if got := whose(addr).String(); got != want {
			t.Errorf("%s is %s, want %s", a, got, want)
		}
	}
	if whose(&net.UnixAddr{}).IsValid() {
		t.Error("an address of nobody")
	}
}
