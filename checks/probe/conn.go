package probe

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
)

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

// ConnContext is for [http.Server]: by it the probe finds a request's connection
// below TLS. Without it uploads are counted above TLS, and the system is not asked.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if w, ok := c.(*web); ok {
		return context.WithValue(ctx, connKey{}, w.raw)
	}
	return ctx
}

// connOf is the connection of a request; nil where the server does not tell.
func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}
