package webrtc

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/pion/webrtc/v3"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/exchange"
)

// The watchdogs of a call: how long each step may take. The library's own
// limits are up to 35 s, and for a blocked handshake it has none.
const (
	gatherLimit  = 1500 * time.Millisecond
	answerLimit  = 10 * time.Second
	iceLimit     = 5 * time.Second
	dtlsLimit    = 5 * time.Second
	channelLimit = 3 * time.Second
	closeLimit   = 800 * time.Millisecond
)

// call is one call to the probe's echo.
type call struct {
	pc      *webrtc.PeerConnection
	channel *webrtc.DataChannel

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

// timings are when each step of a call was done, from its beginning.
type timings struct {
	answer, ice, dtls, channel time.Duration
}

// newCall makes a call that is not placed yet; prepare adds what it is to carry.
func newCall(cfg Config, onLoopback bool) (*call, error) {
	pc, err := newPeer(cfg, onLoopback)
	if err != nil {
		return nil, err
	}
	c := &call{pc: pc, iceUp: newSignal(), up: newSignal(), channelUp: newSignal(), lost: newSignal()}
	pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) {
		if s == webrtc.ICEConnectionStateConnected || s == webrtc.ICEConnectionStateCompleted {
			c.iceUp.fire()
		}
	})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			c.up.fire()
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			c.lost.fire()
		}
	})
	// Unordered and without repair: a lost ping must not hold up the next.
	ordered, again := false, uint16(0)
	c.channel, err = pc.CreateDataChannel("ping", &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &again})
	if err != nil {
		c.close()
		return nil, err
	}
	c.channel.OnOpen(c.channelUp.fire)
	return c, nil
}

// place connects the call and waits until its data channel is open. Its error
// is ready to be returned by a check.
func (c *call) place(ctx context.Context, s *exchange.Session) (timings, error) {
	begin := time.Now()
	var t timings
	offer, err := c.offer(ctx)
	if err != nil {
		return t, err
	}
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	answer, err := s.Echo(limited, offer)
	cancel()
	if err != nil {
		return t, problem(ctx, err)
	}
	err = c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
	if err != nil {
		return t, checks.Unavailable("webrtc.answer.bad", report.FaultServer, err)
	}
	t.answer = time.Since(begin)
	steps := []struct {
		done  *signal
		limit time.Duration
		code  string
		took  *time.Duration
	}{
		{c.iceUp, iceLimit, "webrtc.ice.failed", &t.ice},
		{c.up, dtlsLimit, "webrtc.dtls.blocked", &t.dtls},
		{c.channelUp, channelLimit, "webrtc.datachannel.blocked", &t.channel},
	}
	for _, step := range steps {
		if err := c.await(ctx, step.done, step.limit); err != nil {
			if ctx.Err() != nil {
				return t, ctx.Err()
			}
			return t, checks.Unavailable(step.code, report.FaultNetwork, err)
		}
		*step.took = step.done.at.Sub(begin)
	}
	return t, nil
}

// offer is the session description to send, without this computer's addresses:
// the echo answers where the packets come from, so they stay private.
func (c *call) offer(ctx context.Context) (string, error) {
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	limit := time.NewTimer(gatherLimit)
	defer limit.Stop()
	select {
	case <-gathered:
	case <-limit.C: // what there is by now has to do
	case <-ctx.Done():
		return "", ctx.Err()
	}
	local := c.pc.LocalDescription().SDP
	if !strings.Contains(local, "a=candidate:") {
		return "", checks.Unavailable("webrtc.no-route", report.FaultNetwork, errNoAddress)
	}
	return withoutCandidates(local), nil
}

var (
	errNoAddress = errors.New("no network address to call from")
	errTooLong   = errors.New("took too long")
	errLost      = errors.New("the connection was given up")
)

// await waits for a step of the call.
func (c *call) await(ctx context.Context, done *signal, limit time.Duration) error {
	timer := time.NewTimer(limit)
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
// than closeLimit: the library can hang in closing.
func (c *call) close() {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = c.pc.GracefulClose()
	}()
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	select {
	case <-gone:
	case <-limit.C:
	}
}

// withoutCandidates drops every address from a session description.
func withoutCandidates(sdp string) string {
	var kept []string
	for line := range strings.SplitSeq(strings.TrimRight(sdp, "\r\n"), "\r\n") {
		if !strings.HasPrefix(line, "a=candidate:") && !strings.HasPrefix(line, "a=end-of-candidates") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n") + "\r\n"
}
