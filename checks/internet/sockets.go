package internet

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"linecheck/checks/internal/rate"
	"linecheck/checks/internal/tcp"
)

// dialPatience is how long finding a name and connecting may take together,
// shorter than the patience with a whole request: so the error says which it was.
const dialPatience = 2200 * time.Millisecond

// errCut: the connections were cut on purpose.
var errCut = errors.New("the connections were cut")

// errProxy: the configured proxy does not let us through.
var errProxy = errors.New("the proxy refused the connection")

// sockets are the open connections of one part of a test. Cut ends them all at
// once, so that nothing goes on moving in the background.
type sockets struct {
	arrived moment // when bytes last arrived on any of them
	// count counts what arrives, below TLS and as it comes, from the moment counting is on.
	count    rate.Counter
	counting atomic.Bool
	// congestion is the congestion control that new connections get, where the system has it.
	congestion string
	// packets counts the same by the system's own account, packet by packet; nothing where it gives none.
	packets rate.Counter
	ctx     context.Context
	cancel  context.CancelFunc

	mu     sync.Mutex
	looked time.Time
	open   map[*socket]struct{}
}

// newSockets is an empty set. Whoever makes it ends it.
func newSockets() *sockets {
	s := &sockets{open: map[*socket]struct{}{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// moment is the latest time of something, shared by goroutines.
type moment struct {
	mu sync.Mutex
	at time.Time
}

func (m *moment) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = time.Now()
	return m.at
}

func (m *moment) get() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// socket is a connection that knows which set it belongs to.
type socket struct {
	net.Conn
	set  *sockets
	seen tcp.State // when last looked
}

// look asks the system what has arrived since the last look.
func (s *sockets) look(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sum int64
	for k := range s.open {
		if state, ok := tcp.Of(k.Conn); ok {
			sum += state.Arrived - k.seen.Arrived
			s.packets.Correct(tcp.Filled(k.seen, state, true))
			k.seen = state
		}
	}
	if s.counting.Load() && !s.looked.IsZero() {
		s.packets.AddOver(int(sum), s.looked, now)
	}
	s.looked = now
}

// Read notes that the line is alive.
func (s *socket) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if n > 0 {
		now := s.set.arrived.now()
		if s.set.counting.Load() {
			s.set.count.Add(n, now)
		}
	}
	return n, err
}

// Close also takes it out of its set.
func (s *socket) Close() error {
	s.set.mu.Lock()
	delete(s.set.open, s)
	s.set.mu.Unlock()
	return s.Conn.Close()
}

// tune makes a transport for measuring: its connections join the set, every
// request may have its own, and the buffers fit what moves.
func (s *sockets) tune(t *http.Transport) *http.Transport {
	dial := t.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialPatience)
		defer cancel()
		defer context.AfterFunc(s.ctx, cancel)()
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if s.congestion != "" {
			tcp.Congestion(conn, s.congestion)
			tcp.Bulk(conn)
		}
		return s.add(conn)
	}
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
		if r.StatusCode != http.StatusOK {
			return errProxy
		}
		return nil
	}
	t.TLSHandshakeTimeout = dialPatience
	t.MaxIdleConnsPerHost = mostConnections
	t.WriteBufferSize, t.ReadBufferSize = 64<<10, 64<<10
	t.DisableCompression = true
	return t
}

func (s *sockets) add(conn net.Conn) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		_ = conn.Close()
		return nil, errCut
	}
	k := &socket{Conn: conn, set: s}
	s.open[k] = struct{}{}
	return k, nil
}

// end closes every connection, now and later. What is still on its way out is
// dropped rather than delivered in the background.
func (s *sockets) end() {
	s.mu.Lock()
	s.cancel()
	var all []*socket
	for k := range s.open {
		all = append(all, k)
	}
	s.mu.Unlock()
	for _, k := range all {
		if tcp, ok := k.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = k.Close()
	}
}
