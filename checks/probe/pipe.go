package probe

import (
	"net"
	"sync"
	"time"

	"linecheck/checks/internal/media"
)

// pipeLength is how many packets wait for their reader before more are dropped.
const pipeLength = 512

// pipe is a packet socket within this program: packets are pushed in at one end
// and read at the other; what its reader writes goes to the function write.
// Deadlines are not kept: its readers wait until it is closed.
type pipe struct {
	local net.Addr
	write func(packet []byte, to net.Addr) (int, error)
	ended func() // once, when it is closed; may be nil

	in   chan waiting
	done chan struct{}
	once sync.Once
	pool *sync.Pool
}

// waiting is a packet in a pipe.
type waiting struct {
	buf  *[media.MaxPacket]byte
	n    int
	from net.Addr
}

func newPipe(local net.Addr, write func([]byte, net.Addr) (int, error), ended func()) *pipe {
	return &pipe{
		local: local, write: write, ended: ended,
		in: make(chan waiting, pipeLength), done: make(chan struct{}),
		pool: &sync.Pool{New: func() any { return new([media.MaxPacket]byte) }},
	}
}

// push copies a packet in. Where too many wait already, it is lost, as in any queue.
func (p *pipe) push(packet []byte, from net.Addr) {
	buf := p.pool.Get().(*[media.MaxPacket]byte)
	w := waiting{buf: buf, n: copy(buf[:], packet), from: from}
	select {
	case p.in <- w:
	default:
		p.pool.Put(buf)
	}
}

// ReadFrom takes the next packet out.
func (p *pipe) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case w := <-p.in:
		n := copy(b, w.buf[:w.n])
		p.pool.Put(w.buf)
		return n, w.from, nil
	case <-p.done:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo sends a packet.
func (p *pipe) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case <-p.done:
		return 0, net.ErrClosed
	default:
		return p.write(b, to)
	}
}

// Close ends the pipe and wakes its reader.
func (p *pipe) Close() error {
	p.once.Do(func() {
		close(p.done)
		if p.ended != nil {
			p.ended()
		}
	})
	return nil
}

// LocalAddr is the address it was made with.
func (p *pipe) LocalAddr() net.Addr { return p.local }

// SetDeadline does nothing.
func (p *pipe) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (p *pipe) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }
