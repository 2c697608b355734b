package probe

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
)

// Listener lets the probe see the connections of a listener below TLS: what
// arrives on each, and what the system knows of it. Serve it with [ConnContext].
func Listener(ln net.Listener) net.Listener { return listener{ln} }

type listener struct{ net.Listener }

// Accept takes the next connection.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// conn is one connection of an applicant.
type conn struct {
	net.Conn
	// arrived is told of every read; nil while nobody counts.
	arrived atomic.Pointer[func(n int)]
	closed  atomic.Bool
}

// Close also tells those who watch.
func (c *conn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// Read also counts.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if f := c.arrived.Load(); f != nil && n > 0 {
		(*f)(n)
	}
	return n, err
}

type connKey struct{}

// ConnContext is for [http.Server]: by it the probe finds a request's connection.
// Without it uploads are counted above TLS, and the system is not asked.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if own, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, own)
	}
	return ctx
}

// connOf is the connection of a request; nil where the server does not tell.
func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}
