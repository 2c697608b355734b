package webrtc

import (
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"time"
)

const (
	// queueLength is how many packets wait for a connection that takes none: those of two
	// seconds of speech and video. TCP needs one to repair what was lost, and that makes late and loses nothing.
	queueLength = 300
	// stuckLimit is how long a connection may take nothing before it is given up; longer than a call may be silent.
	stuckLimit = 8 * time.Second
)

// queued is a connection whose Write never waits. Packets stand in a queue, and one
// that finds it full is lost, as at any full line: whoever paces a stream must not
// hang at a connection that is cut. Make it with [newQueued].
type queued struct {
	net.Conn
	packets chan []byte
	done    chan struct{} // closed when no more is to come
	gone    chan struct{} // closed when nothing is written any more
	once    sync.Once

	mu   sync.Mutex
	last time.Time // by when the last of it must be written; zero while it is in use
}

func newQueued(c net.Conn) *queued {
	q := &queued{Conn: c, packets: make(chan []byte, queueLength), done: make(chan struct{}), gone: make(chan struct{})}
	go q.send()
	return q
}

// Write puts a packet into the queue.
func (q *queued) Write(b []byte) (int, error) {
	select {
	case <-q.gone:
		return 0, net.ErrClosed
	default:
	}
	select {
	case q.packets <- slices.Clone(b):
	default:
	}
	return len(b), nil
}

// send writes what is in the queue. A connection that is stuck is closed, so that its reader learns of it.
func (q *queued) send() {
	defer close(q.gone)
	for {
		var packet []byte
		select {
		case packet = <-q.packets:
		default:
			select {
			case packet = <-q.packets:
			case <-q.done:
				return
			}
		}
		q.extend()
		if _, err := q.Conn.Write(packet); err != nil {
			cutOff(q.Conn)
			return
		}
	}
}

// extend gives the next write its time.
func (q *queued) extend() {
	q.mu.Lock()
	defer q.mu.Unlock()
	until := q.last
	if until.IsZero() {
		until = time.Now().Add(stuckLimit)
	}
	_ = q.SetWriteDeadline(until)
}

// Close writes what is in the queue, a goodbye mostly, and closes the connection; it waits a moment at most.
func (q *queued) Close() error {
	q.once.Do(func() {
		q.mu.Lock()
		q.last = time.Now().Add(goodbyeLimit / 3)
		_ = q.SetWriteDeadline(q.last)
		q.mu.Unlock()
		close(q.done)
	})
	<-q.gone
	return cutOff(q.Conn)
}

// cutOff closes a connection. TLS would say goodbye first and wait for that.
func cutOff(c net.Conn) error {
	if secured, ok := c.(*tls.Conn); ok {
		return secured.NetConn().Close()
	}
	return c.Close()
}
