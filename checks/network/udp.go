package network

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// The values of the fact udp, beside those of connections.
const throttled = "throttled" // some packets pass, and then few

const (
	// burst is how many small packets are sent, and beat how far apart: as a voice's packets are.
	burst = 40
	beat  = 20 * time.Millisecond
	// tail is how long the last answers are waited for.
	tail = 700 * time.Millisecond
)

// few is the share of answers below which packets are held to be limited rather than lost.
const few = 0.4

// flow is what became of a series of small packets.
type flow struct {
	sent     int
	answered []bool // by the number of the packet
	refused  bool   // something said no
}

// small sends a series of small requests to a STUN server, as many a second as a
// voice has packets, and sees which are answered.
func small(ctx context.Context, server netip.AddrPort) (f flow, err error) {
	asker, err := newAsker(ctx, server)
	if err != nil {
		return f, err
	}
	defer asker.close()
	for range burst {
		if asker.ask(0) != nil {
			f.refused = true
		}
		if !pause(ctx, beat) {
			return f, ctx.Err()
		}
	}
	asker.wait(ctx, tail)
	f.sent = burst
	f.answered = asker.answers(burst)
	f.refused = f.refused || asker.rejected()
	return f, nil
}

// state names what the series shows; ratio is the part that was answered.
func (f flow) state() (state string, ratio float64) {
	first, last := count(f.answered[:burst/4]), count(f.answered[burst/2:])
	all := count(f.answered)
	ratio = float64(all) / float64(f.sent)
	switch {
	case all == 0 && f.refused:
		return rejected, ratio
	case all == 0:
		return dropped, ratio
	case first >= burst/4-2 && last <= burst/4: // at most half of the second half: a bucket that was full at first
		return throttled, ratio
	case ratio < few: // a bucket that was empty already: lines lose less, unless nothing works on them
		return throttled, ratio
	}
	return open, ratio
}

func count(list []bool) (n int) {
	for _, yes := range list {
		if yes {
			n++
		}
	}
	return n
}

// asker sends STUN requests from one socket and books their answers.
type asker struct {
	conn *net.UDPConn
	stop func() bool

	mu   sync.Mutex
	ids  [][stun.TransactionIDSize]byte
	got  map[[stun.TransactionIDSize]byte]bool
	no   bool
	done chan struct{}
}

func newAsker(ctx context.Context, server netip.AddrPort) (*asker, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(server))
	if err != nil {
		return nil, err
	}
	a := &asker{conn: conn, got: map[[stun.TransactionIDSize]byte]bool{}, done: make(chan struct{})}
	a.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	go a.listen()
	return a, nil
}

// close ends the socket and its reader.
func (a *asker) close() {
	a.stop()
	_ = a.conn.Close()
	<-a.done
}

func (a *asker) listen() {
	defer close(a.done)
	b := make([]byte, media.MaxPacket)
	for {
		n, err := a.conn.Read(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // an ICMP message about one that was sent
			a.mu.Lock()
			a.no = true
			a.mu.Unlock()
			time.Sleep(time.Millisecond)
			continue
		}
		if m, ok := media.ParseSTUN(b[:n]); ok && m.Type.Method == stun.MethodBinding {
			a.mu.Lock()
			a.got[m.TransactionID] = true
			a.mu.Unlock()
		}
	}
}

// ask sends one request that makes a packet of so many bytes, headers of UDP and IP
// left out; small where it is less than a request needs. Its error is what the system says of the size.
func (a *asker) ask(size int) error {
	m, err := stun.Build(stun.TransactionID, stun.BindingRequest, media.Ballast(size-stunHeader))
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.ids = append(a.ids, m.TransactionID)
	a.mu.Unlock()
	_, err = a.conn.Write(m.Raw)
	return err
}

// stunHeader is the length of a STUN message without attributes, in bytes.
const stunHeader = 20

// wait waits until every request is answered, at most so long.
func (a *asker) wait(ctx context.Context, most time.Duration) {
	for until := time.Now().Add(most); time.Now().Before(until); {
		a.mu.Lock()
		all := len(a.got) >= len(a.ids)
		a.mu.Unlock()
		if all || !pause(ctx, 10*time.Millisecond) {
			return
		}
	}
}

// answers says which of the first n requests were answered.
func (a *asker) answers(n int) []bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]bool, n)
	for i, id := range a.ids[:min(n, len(a.ids))] {
		out[i] = a.got[id]
	}
	return out
}

func (a *asker) rejected() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.no
}

// pause says whether the time passed before ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
