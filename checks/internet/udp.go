package internet

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

const (
	// voiceGap is the time between two packets of a voice call. On the idle line, over
	// idleSpan, something goes out as often: packets closer together would wait for
	// each other where a late one holds up those behind it.
	voiceGap = 20 * time.Millisecond
	idleSpan = 1800 * time.Millisecond
	// burst is how many packets go out at once on the idle line: together they are as
	// many as make a loss of one in a hundred visible.
	burst = 4
	// quickSpan is the same where a quick answer is asked for.
	quickSpan = 350 * time.Millisecond
	// loadGap is how often the loaded line is sampled: seldom enough to take but one
	// hundredth of a line of 1 Mbit/s.
	loadGap = 60 * time.Millisecond
	// awayFor is how many packets in a row must have been lost for the line to have been away.
	awayFor = 8
	// tailMost bounds how long the last answers of the idle line are waited for.
	tailMost = 600 * time.Millisecond
	// fewAnswers is how many of the idle line's packets must come back for UDP to count as working.
	fewAnswers = 20
)

// errNoUDP: packets over UDP do not come back.
var errNoUDP = errors.New("nothing comes back over UDP")

// packet is one packet of the UDP pinger.
type packet struct {
	burst      int           // which it is of; ascending
	sent, back time.Duration // from the pinger's beginning; back is 0 while it is away
	count      uint32        // how many the probe had received with it; 0 where it did not say
}

// pings sends small packets to the probe over UDP and sees when they come back.
// They need no retransmission, so that a lost one is lost and no other is late for it.
type pings struct {
	conn   *net.UDPConn
	begin  time.Time
	prefix [8]byte
	ended  chan struct{}

	mu      sync.Mutex
	sent    []packet
	resumed time.Time // when an answer last came after long silence
}

// newPings opens the socket to the probe; close it with close.
func newPings(ctx context.Context, server string) (*pings, error) {
	dialed, err := (&net.Dialer{Timeout: dialPatience}).DialContext(ctx, "udp", server)
	if err != nil {
		return nil, err
	}
	p := &pings{conn: dialed.(*net.UDPConn), begin: time.Now(), ended: make(chan struct{})}
	_, _ = rand.Read(p.prefix[:]) // never fails
	go p.receive()
	return p, nil
}

func (p *pings) close() {
	_ = p.conn.Close()
	<-p.ended
}

// send sends the next packet, one of that burst. A packet that cannot be sent now is none.
func (p *pings) send(burst int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var id [stun.TransactionIDSize]byte
	copy(id[:], p.prefix[:])
	binary.BigEndian.PutUint32(id[8:], uint32(len(p.sent)))
	m, err := stun.Build(stun.NewTransactionIDSetter(id), stun.BindingRequest, media.CountRequest{})
	if err != nil {
		return
	}
	at := time.Since(p.begin)
	if _, err := p.conn.Write(m.Raw); err != nil {
		return
	}
	p.sent = append(p.sent, packet{burst: burst, sent: at})
}

func (p *pings) receive() {
	defer close(p.ended)
	b := make([]byte, 1500)
	for {
		n, err := p.conn.Read(b)
		at := time.Since(p.begin)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an answer that a port is closed; its time limit comes from outside
		}
		m, ok := media.ParseSTUN(b[:n])
		if !ok || m.Type != stun.BindingSuccess || [8]byte(m.TransactionID[:8]) != p.prefix {
			continue
		}
		i := binary.BigEndian.Uint32(m.TransactionID[8:])
		count, _ := media.Count(m)
		p.mu.Lock()
		if int(i) < len(p.sent) && p.sent[i].back == 0 {
			p.sent[i].back, p.sent[i].count = at, count
			p.notice(int(i))
		}
		p.mu.Unlock()
	}
}

// notice sees whether the line has come back with the answer to that packet. The caller holds the lock.
func (p *pings) notice(i int) {
	if i < awayFor {
		return
	}
	for _, k := range p.sent[i-awayFor : i] {
		if k.back > 0 {
			return
		}
	}
	p.resumed = time.Now()
}

// resumedAt is when the line last came back from being away; the zero time where it never was.
func (p *pings) resumedAt() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resumed
}

// every sends so many packets in each gap until ctx ends or the span is over.
// goOn hears how much of the span is over, and may end it.
func (p *pings) every(ctx context.Context, packets int, gap, span time.Duration, goOn func(part float64) bool) {
	t := time.NewTicker(gap)
	defer t.Stop()
	begin := time.Now()
	for i := 0; ; i++ {
		for range packets {
			p.send(i)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if past := time.Since(begin); past >= span || !goOn(float64(past)/float64(span)) {
			return
		}
	}
}

// idle measures the idle line.
func (p *pings) idle(ctx context.Context, span time.Duration, each func(part, ms float64)) (idle idleLine, err error) {
	begin, told := time.Now(), 0.0
	p.every(ctx, burst, voiceGap, span, func(part float64) bool {
		if part-told >= shownStep {
			told = part
			each(part, p.newest())
		}
		return time.Since(begin) < idleSpan/2 || p.answered() > 0
	})
	if ctx.Err() != nil {
		return idle, ctx.Err()
	}
	if p.answered() == 0 {
		return idle, errNoUDP
	}
	for wait := time.Now(); time.Since(wait) < tailMost && !p.quiet(); {
		sleep(ctx, voiceGap/4)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if idle = lineOf(p.sent); idle.sent-idle.lost < fewAnswers {
		return idle, errNoUDP
	}
	return idle, nil
}

// shownStep is the part of the idle line after which the person sees the next round trip.
const shownStep = 0.04

// newest is the last round trip so far in ms; NaN before there is one.
func (p *pings) newest() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range slices.Backward(p.sent) {
		if k.back > 0 {
			return millis(k.back - k.sent)
		}
	}
	return math.NaN()
}

func (p *pings) answered() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.sent {
		if k.back > 0 {
			n++
		}
	}
	return n
}

// quiet says whether nothing more is to be expected: the last packet is back, or
// has been away for much longer than the others.
func (p *pings) quiet() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.sent[len(p.sent)-1]
	if last.back > 0 {
		return true
	}
	trips := lineOf(p.sent).trips
	return len(trips) > 0 && time.Since(p.begin)-last.sent > 3*time.Duration(slices.Max(trips)*float64(time.Millisecond))/2
}

// during samples the loaded line until stop is called, which returns the round
// trips of the packets sent since then.
func (p *pings) during(ctx context.Context) (stop func() []timed) {
	p.mu.Lock()
	from := len(p.sent)
	p.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { p.every(ctx, 1, loadGap, time.Hour, func(float64) bool { return true }) })
	return func() []timed {
		cancel()
		done.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		var out []timed
		for _, k := range p.sent[from:] {
			if k.back > 0 {
				out = append(out, timed{p.begin.Add(k.sent), millis(k.back - k.sent)})
			}
		}
		return out
	}
}

// recent are the round trips of the packets sent in that last time. One that has
// been away for longer than the idle line's round trip counts with how long it is: a queue
// that has just formed keeps the packets that could tell of it.
func (p *pings) recent(of, rtt time.Duration) (ms []float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Since(p.begin)
	for _, k := range slices.Backward(p.sent) {
		age := now - k.sent
		switch {
		case age > of+rtt:
			return ms
		case k.back > 0:
			ms = append(ms, millis(k.back-k.sent))
		case age > rtt:
			ms = append(ms, millis(age))
		}
	}
	return ms
}

// timed is a round trip with the time at which it began.
type timed struct {
	begun time.Time
	ms    float64
}
