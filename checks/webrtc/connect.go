package webrtc

import (
	"context"
	"errors"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
	"linecheck/checks/internal/wire"
	"linecheck/report/exchange"
)

// ConnectID is the id of the connection check.
const ConnectID = "webrtc.connect"

// Connect checks whether a WebRTC connection comes about. Make it with [NewConnect].
type Connect struct{ cfg Config }

// NewConnect is the connection check. With an invite it connects to the probe's
// echo; without one it asks public STUN servers whether UDP gets out and back.
func NewConnect(cfg Config) *Connect { return &Connect{cfg: cfg} }

// Spec says that it takes about a second, and at most the sum of its watchdogs.
func (c *Connect) Spec() checks.Spec {
	return checks.Spec{
		ID: ConnectID, Revision: 1,
		Needs:    []checks.Resource{checks.Network},
		Typical:  time.Second,
		Timeout:  45 * time.Second,
		MaxBytes: 64 << 10,
		Fresh:    30 * time.Minute,
	}
}

// Run connects and records how long it took.
func (c *Connect) Run(ctx context.Context, rec *checks.Recorder) error {
	if c.cfg.Far == nil {
		return c.public(ctx, rec)
	}
	rec.Progress(checks.Progress{Stage: "server"})
	s, err := c.cfg.far(ctx)
	if err != nil {
		return err
	}
	if len(s.Grant.STUN) > 0 {
		rec.Progress(checks.Progress{Stage: "stun", Fraction: 0.1})
		found := askSTUN(ctx, s.Grant.STUN)
		recordSTUN(rec, found)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	rec.Progress(checks.Progress{Stage: "connect", Fraction: 0.4})
	return c.direct(ctx, rec, s)
}

// direct connects to the probe's echo over UDP.
func (c *Connect) direct(ctx context.Context, rec *checks.Recorder, s *exchange.Session) error {
	call, err := newCall(c.cfg, isLoopback(ctx, s))
	if err != nil {
		return err
	}
	defer call.close()
	t, err := call.place(ctx, s)
	// What was reached is recorded even where the next step failed.
	for _, m := range []struct {
		key      string
		from, to time.Duration
	}{
		{"webrtc.connect.direct.signal.ms", 0, t.answer},
		{"webrtc.connect.direct.ice.ms", t.answer, t.ice},
		{"webrtc.connect.direct.dtls.ms", t.ice, t.dtls},
		{"webrtc.connect.direct.ms", 0, t.channel},
	} {
		if m.to > 0 {
			rec.Metric(m.key, ms(max(0, m.to-m.from)), "ms", 1)
		}
	}
	return err
}

// public asks the public STUN servers.
func (c *Connect) public(ctx context.Context, rec *checks.Recorder) error {
	rec.Progress(checks.Progress{Stage: "stun"})
	found := askSTUN(ctx, c.cfg.stunServers())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	recordSTUN(rec, found)
	if len(found.mappings) == 0 {
		if found.err == nil {
			found.err = errors.New("no server to ask")
		}
		return wire.Problem("webrtc.stun", found.err)
	}
	return nil
}

// recordSTUN records what STUN servers said; nothing where none answered.
func recordSTUN(rec *checks.Recorder, found survey) {
	if len(found.mappings) == 0 {
		return
	}
	var took []float64
	for _, m := range found.mappings {
		took = append(took, ms(m.took))
	}
	rec.Fact("stun", "reachable")
	rec.Fact("nat", found.nat(ownAddresses()))
	rec.Metric("webrtc.stun.ms", stats.Median(took), "ms", len(took))
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
