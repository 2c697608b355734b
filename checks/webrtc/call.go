package webrtc

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v3"

	"linecheck/checks"
	"linecheck/checks/internal/address"
	"linecheck/report"
	"linecheck/report/exchange"
)

// The watchdogs of a call: how long each step may take. The library's own
// limits are up to 35 s, and for a blocked handshake it has none.
const (
	openLimit    = 4 * time.Second // a tunnel
	gatherLimit  = 1500 * time.Millisecond
	answerLimit  = 6 * time.Second
	iceLimit     = 5 * time.Second
	dtlsLimit    = 5 * time.Second
	channelLimit = 3 * time.Second
	goodbyeLimit = 300 * time.Millisecond
	closeLimit   = 800 * time.Millisecond
	// wayLimit bounds all steps of a call together, until something comes back.
	wayLimit = 8 * time.Second
)

// call is one call to the probe's echo.
type call struct {
	way     Way
	session *exchange.Session
	pc      *webrtc.PeerConnection
	channel *webrtc.DataChannel
	tunnel  *tunnel // nil for a direct call
	// far are the server's addresses as this computer finds them, for a direct call; own those it would send from.
	far, own []netip.Addr
	begin    time.Time
	until    time.Time // by when it must be placed
	name     string    // by which the echo knows it
	// cut loses every packet while it is true.
	cut atomic.Bool

	// Each is closed once.
	iceUp, up, channelUp, lost *signal
}

// signal is an event that happens at most once.
type signal struct {
	once sync.Once
	ch   chan struct{}
	at   time.Time // when it happened; read it after ch is closed
}

func newSignal() *signal { return &signal{ch: make(chan struct{})} }

func (s *signal) fire() {
	s.once.Do(func() { s.at = time.Now(); close(s.ch) })
}

// timings are when each step of a call was done, from its beginning; 0 is not at all.
type timings struct {
	open, answer, ice, dtls, channel time.Duration
}

// newCall makes a call by a way that is not placed yet and has that long to be; what it is to carry is added to it first.
func newCall(ctx context.Context, cfg Config, s *exchange.Session, way Way, servers []server, most time.Duration) (*call, error) {
	c := &call{way: way, session: s, begin: time.Now(), until: time.Now().Add(most), iceUp: newSignal(), up: newSignal(), channelUp: newSignal(), lost: newSignal()}
	var err error
	if way == Direct {
		c.far, c.own, err = routed(ctx, echoHost(s))
	} else {
		limited, cancel := context.WithTimeout(ctx, min(openLimit, most))
		c.tunnel, err = open(limited, s, servers)
		cancel()
	}
	if ctx.Err() != nil {
		c.close()
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, way.why(err)
	}
	c.pc, err = newPeer(c.own, c.tunnel, func(out bool, packet []byte) bool {
		return c.cut.Load() || cfg.drop != nil && cfg.drop(way, out, packet)
	})
	if err != nil {
		c.close()
		return nil, err
	}
	c.watch()
	// Unordered and without repair: a lost ping must not hold up the next.
	ordered, again := false, uint16(0)
	c.channel, err = c.pc.CreateDataChannel("ping", &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &again})
	if err != nil {
		c.close()
		return nil, err
	}
	c.channel.OnOpen(c.channelUp.fire)
	return c, nil
}

// echoHost is where the echo's UDP socket is.
func echoHost(s *exchange.Session) string {
	for _, at := range s.Grant.STUN {
		if host, _, err := address.Split(at); err == nil {
			return host
		}
	}
	u, err := url.Parse(s.Origin())
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// watch fires the call's signals.
func (c *call) watch() {
	c.pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) {
		if s == webrtc.ICEConnectionStateConnected || s == webrtc.ICEConnectionStateCompleted {
			c.iceUp.fire()
		}
	})
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			c.up.fire()
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			c.lost.fire()
		}
	})
}

// place connects the call and waits until its data channel is open. Its error
// is ready to be returned by a check.
func (c *call) place(ctx context.Context) (timings, error) {
	t := timings{open: time.Since(c.begin)}
	if err := c.negotiate(ctx, nil); err != nil {
		return t, err
	}
	t.answer = time.Since(c.begin)
	steps := []struct {
		done  *signal
		limit time.Duration
		code  string
		took  *time.Duration
	}{
		{c.iceUp, iceLimit, codeICE, &t.ice},
		{c.up, dtlsLimit, codeDTLS, &t.dtls},
		{c.channelUp, channelLimit, codeChannel, &t.channel},
	}
	for _, step := range steps {
		if err := c.await(ctx, step.done, step.limit); err != nil {
			if ctx.Err() != nil {
				return t, ctx.Err()
			}
			return t, checks.Unavailable("webrtc."+step.code, report.FaultNetwork, err)
		}
		*step.took = step.done.at.Sub(c.begin)
	}
	return t, nil
}

var (
	errNoAddress = errors.New("no network address to call from")
	errTooLong   = errors.New("took too long")
	errLost      = errors.New("the connection was given up")
	errNoEcho    = errors.New("the answer names no address that the way leads to")
)

// await waits for a step of the call.
func (c *call) await(ctx context.Context, done *signal, limit time.Duration) error {
	timer := time.NewTimer(min(limit, time.Until(c.until)))
	defer timer.Stop()
	select {
	case <-done.ch:
		return nil
	case <-timer.C:
		return errTooLong
	case <-c.lost.ch:
		return errLost
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the call. It waits for the library's goroutines, but never longer
// than closeLimit: the library can hang in closing. A tunnel stays open for the
// goodbye, and then goes whether that was said or not, so that nothing waits for it.
func (c *call) close() {
	said, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(said)
		if c.pc != nil {
			_ = c.pc.GracefulClose()
		}
	}()
	go func() {
		defer close(gone)
		if c.tunnel != nil {
			wait(said, goodbyeLimit)
			c.tunnel.close()
		}
		<-said
	}()
	wait(gone, closeLimit)
}

// wait waits until something is done, for so long at most.
func wait(done <-chan struct{}, most time.Duration) {
	limit := time.NewTimer(most)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	}
}
