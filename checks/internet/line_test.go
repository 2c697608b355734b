package internet

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// line is a TCP relay that can fall silent while its connections stand.
type line struct {
	listener net.Listener
	to       string
	all      sync.WaitGroup

	mu    sync.Mutex
	gate  chan struct{} // closed: nothing passes any more
	over  chan struct{}
	conns []net.Conn
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &line{listener: l, to: to, gate: make(chan struct{}), over: make(chan struct{})}
	n.all.Go(n.accept)
	t.Cleanup(n.close)
	return n
}

func (n *line) addr() string { return n.listener.Addr().String() }

func (n *line) accept() {
	for {
		in, err := n.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", n.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		n.mu.Lock()
		n.conns = append(n.conns, in, out)
		select {
		case <-n.over: // closed while it was being accepted
			_, _ = in.Close(), out.Close()
		default:
		}
		n.mu.Unlock()
		n.all.Go(func() { n.relay(in, out) })
		n.all.Go(func() { n.relay(out, in) })
	}
}

func (n *line) relay(from, to net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		got, err := from.Read(buf)
		select {
		case <-n.gate:
			<-n.over
			return
		default:
		}
		if _, werr := to.Write(buf[:got]); werr != nil || err != nil {
			_ = to.Close()
			_, _ = io.Copy(io.Discard, from)
			return
		}
	}
}

// cut lets nothing pass any more.
func (n *line) cut() { close(n.gate) }

func (n *line) close() {
	_ = n.listener.Close()
	n.mu.Lock()
	close(n.over)
	for _, c := range n.conns {
		_ = c.Close()
	}
	n.mu.Unlock()
	n.all.Wait()
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
