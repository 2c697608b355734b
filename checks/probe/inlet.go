package probe

import (
	"net"
	"sync"
)

// inlet is a listener whose connections have been accepted elsewhere.
type inlet struct {
	addr net.Addr
	ch   chan net.Conn
	done chan struct{}
	once sync.Once
}

func newInlet(addr net.Addr) *inlet {
	return &inlet{addr: addr, ch: make(chan net.Conn), done: make(chan struct{})}
}

// put hands a connection over; where nobody takes any more, it is closed.
func (l *inlet) put(c net.Conn) {
	select {
	case l.ch <- c:
	case <-l.done:
		_ = c.Close()
	}
}

// Accept takes the next connection.
func (l *inlet) Accept() (net.Conn, error) {
	select {
	case c := <-l.ch:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends the inlet.
func (l *inlet) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is the address that is listened at.
func (l *inlet) Addr() net.Addr { return l.addr }
