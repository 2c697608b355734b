package door

import (
	"net"
	"net/netip"
	"sync"

	"linecheck/cmd/linecheck-recruiter/internal/visitor"
)

// PerAddress is how many connections one address may have open. A speed test has up to 32
// of them, a browser 6: sixteen applicants behind the one address of an office can test at once, twice
// as many as the probe lets. An idle connection holds some 30 KiB, so that one computer that only opens connections takes 16 MiB.
const PerAddress = 512

// ConnLimit bounds the connections from one address and from all together, at all of the listeners that it is
// put before. One too many is closed at once and counted: which open one to close in its stead is not to be
// known here, and one that waits would look like a slow line to a measurement. The connections stay TCP
// connections to whoever asks the system about them, and must be closed.
type ConnLimit struct {
	total   int
	metrics *Metrics

	mu     sync.Mutex
	open   int
	counts map[netip.Prefix]int // by whose they are
}

// NewConnLimit makes one, of so many connections in all.
func NewConnLimit(total int, m *Metrics) *ConnLimit {
	return &ConnLimit{total: total, metrics: m, counts: map[netip.Prefix]int{}}
}

// Before puts the bounds before a listener: one address has perAddress connections in all when it may open another
// here. 0 is no bound, which is right where a proxy stands before the server and brings all.
func (l *ConnLimit) Before(ln net.Listener, perAddress int) net.Listener {
	return &limited{Listener: ln, ConnLimit: l, perAddress: perAddress}
}

type limited struct {
	net.Listener
	*ConnLimit
	perAddress int
}

// Accept takes the next connection that is within the bounds.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := c.(*net.TCPConn)
		if !ok { // of one computer's own programs
			return c, nil
		}
		from := whose(tcp.RemoteAddr())
		if bound := l.enter(from, l.perAddress); bound != "" {
			l.metrics.refused.WithLabelValues(bound).Inc()
			_ = tcp.SetLinger(0) // nothing is left of it here
			_ = tcp.Close()
			continue
		}
		l.metrics.open.Inc()
		return &held{TCPConn: tcp, leave: func() { l.leave(from) }}, nil
	}
}

// enter counts a connection in, or names the bound that it would break.
func (l *ConnLimit) enter(from netip.Prefix, perAddress int) (bound string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open >= l.total:
		return "total"
	case perAddress > 0 && l.counts[from] >= perAddress:
		return "address"
	}
	l.open++
	l.counts[from]++
	return ""
}

func (l *ConnLimit) leave(from netip.Prefix) {
	l.metrics.open.Dec()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.counts[from]--; l.counts[from] == 0 {
		delete(l.counts, from)
	}
}

// whose is the network that a connection counts for.
func whose(a net.Addr) netip.Prefix { return visitor.Network(a.String()) }

// held is a connection that is counted until it is closed.
type held struct {
	*net.TCPConn
	once  sync.Once
	leave func()
}

// Close also gives its place back.
func (h *held) Close() error {
	h.once.Do(h.leave)
	return h.TCPConn.Close()
}
