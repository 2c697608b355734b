package testnet

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// packetSize bounds a packet, in bytes; more than the interface's 1500.
const packetSize = 2048

// TUN opens a TUN interface of that name and returns its descriptor, on which
// whole IP packets are read and written.
func TUN(name string) (int, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("/dev/net/tun: %w", err)
	}
	req, err := unix.NewIfreq(name)
	if err == nil {
		req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("make the interface %s: %w", name, err)
	}
	return fd, nil
}

// queued is a packet on its way.
type queued struct {
	at   time.Duration
	data []byte
}

// wire carries packets one way, in a thread of its own that wakes up for each delivery.
type wire struct {
	from, to int
	begin    time.Time
	stop     int // a pipe that is closed to end the thread

	mu       sync.Mutex
	schedule *schedule
	next     []change
	way      []queued // in order of delivery
	spare    [][]byte
}

// change is how the direction is from some time on.
type change struct {
	at time.Duration
	d  Direction
}

// set changes the direction from now on. What is on its way stays as it was.
func (w *wire) set(d Direction) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = append(w.next, change{time.Since(w.begin), d})
}

// counts are packets passed, dropped at the queue, and lost.
func (w *wire) counts() Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Counts{w.schedule.passed, w.schedule.dropped, w.schedule.lost, w.schedule.bytes}
}

// run carries packets until the stop pipe is closed or an interface goes.
func (w *wire) run() {
	runtime.LockOSThread() // the thread ends with the goroutine: its settings are its own
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	buf := make([]byte, packetSize)
	for {
		wait := w.deliver()
		fds := []unix.PollFd{{Fd: int32(w.from), Events: unix.POLLIN}, {Fd: int32(w.stop), Events: unix.POLLIN}}
		ts := unix.NsecToTimespec(int64(wait))
		if _, err := unix.Ppoll(fds, &ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
			return
		}
		if fds[1].Revents != 0 {
			return
		}
		if !w.read(buf) {
			return
		}
	}
}

// read takes everything that waits at the near side of the wire.
func (w *wire) read(buf []byte) bool {
	for range 64 { // then deliveries have their turn
		n, err := unix.Read(w.from, buf)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			return true
		}
		if err != nil {
			return errors.Is(err, unix.EIO) // the interface is down
		}
		w.mu.Lock()
		now := time.Since(w.begin)
		for len(w.next) > 0 && w.next[0].at <= now {
			w.schedule.d, w.next = w.next[0].d, w.next[1:]
		}
		if at, ok := w.schedule.take(now, n); ok {
			w.way = append(w.way, queued{at, append(w.buffer(), buf[:n]...)})
		}
		w.mu.Unlock()
	}
	return true
}

// buffer is memory for a packet.
func (w *wire) buffer() []byte {
	if n := len(w.spare); n > 0 {
		b := w.spare[n-1]
		w.spare = w.spare[:n-1]
		return b[:0]
	}
	return make([]byte, 0, packetSize)
}

// deliver hands over what is due and returns how long nothing will be.
func (w *wire) deliver() time.Duration {
	const idle = 50 * time.Millisecond
	w.mu.Lock()
	defer w.mu.Unlock()
	done := 0
	for ; done < len(w.way); done++ {
		if wait := w.way[done].at - time.Since(w.begin); wait > 0 {
			w.drop(done)
			return min(wait, idle)
		}
		_, _ = unix.Write(w.to, w.way[done].data) // a far end that is down loses it
		w.spare = append(w.spare, w.way[done].data)
	}
	w.drop(done)
	return idle
}

// drop takes the first packets out of the way.
func (w *wire) drop(n int) {
	if n == 0 {
		return
	}
	w.way = append(w.way[:0], w.way[n:]...)
}

// cable is both wires between two interfaces.
type cable struct {
	up, down *wire
	fds      []int
	stop     *os.File
	ended    sync.WaitGroup
}

// plug connects the interfaces; the line is seen from the near one.
func plug(near, far int, l Line, seed uint64) (*cable, error) {
	r, s, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	c := &cable{fds: []int{near, far}, stop: s}
	stop := int(r.Fd())
	c.up = &wire{from: near, to: far, begin: begin, stop: stop, schedule: newSchedule(l.Up, seed)}
	c.down = &wire{from: far, to: near, begin: begin, stop: stop, schedule: newSchedule(l.Down, seed+1)}
	for _, w := range []*wire{c.up, c.down} {
		c.ended.Go(w.run)
	}
	c.ended.Go(func() { // keeps the pipe's end until both are through
		_, _ = r.Read(make([]byte, 1))
		runtime.KeepAlive(r)
	})
	return c, nil
}

func (c *cable) close() {
	_ = c.stop.Close()
	c.ended.Wait()
	for _, fd := range c.fds {
		_ = unix.Close(fd)
	}
}
