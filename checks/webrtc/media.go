package webrtc

import (
	"context"
	"errors"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/exchange"
)

const (
	// mediaSpan is how long media flows: 400 packets, which tell 0 % loss from 1 %.
	mediaSpan = 8 * time.Second
	// firstEchoLimit is how long the first echo may take.
	firstEchoLimit = 2 * time.Second
	// silenceLimit is after what silence a stream counts as stopped.
	silenceLimit = 2500 * time.Millisecond
	// drainLimit is how long the last echoes are waited for.
	drainLimit = time.Second
	// observeLimit bounds one question to the server about what it saw.
	observeLimit = 4 * time.Second
)

// Media measures a stream paced like speech, to the probe's echo and back. Make
// it with [NewMedia].
type Media struct{ cfg Config }

// NewMedia is the media check. It needs an invite: no public server echoes media.
func NewMedia(cfg Config) *Media {
	if cfg.span == 0 {
		cfg.span = mediaSpan
	}
	return &Media{cfg: cfg}
}

// Spec says that it takes about ten seconds. It needs the CPU for itself because
// a busy computer's pauses look like the network's jitter.
func (m *Media) Spec() checks.Spec {
	return checks.Spec{
		ID: media.Check, Revision: 1,
		Needs:    []checks.Resource{checks.Network, checks.CPU},
		Typical:  m.cfg.span + 1500*time.Millisecond,
		Timeout:  m.cfg.span + 45*time.Second,
		MaxBytes: 512 << 10,
		Fresh:    30 * time.Minute,
	}
}

// Run makes the call and records its figures.
func (m *Media) Run(ctx context.Context, rec *checks.Recorder) error {
	if m.cfg.Far == nil {
		return checks.Skip("webrtc.media.needs-invite")
	}
	rec.Progress(checks.Progress{Stage: "server"})
	s, err := m.cfg.far(ctx)
	if err != nil {
		return err
	}
	if err := s.Begin(ctx, media.Check); err != nil {
		return problem(ctx, err)
	}
	rec.Progress(checks.Progress{Stage: "connect", Fraction: 0.03})
	st, err := newStream(m.cfg, isLoopback(ctx, s), rec)
	if err != nil {
		return err
	}
	defer st.call.close()
	if _, err := st.call.place(ctx, s); err != nil {
		return err
	}
	if err := st.warmUp(ctx); err != nil {
		return err
	}
	if err := st.flow(ctx); err != nil {
		return m.stopped(ctx, s, st, err)
	}
	rec.Progress(checks.Progress{Stage: "result", Fraction: 0.95})
	if err := st.drain(ctx); err != nil {
		return err
	}
	seen := m.observe(ctx, s, rec)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	st.echoes.record(rec, seen)
	return nil
}

// stopped records how far a stream came that broke off, and finds out whether
// the server is there at all. A loss ratio would say nothing here.
func (m *Media) stopped(ctx context.Context, s *exchange.Session, st *stream, cause error) error {
	if !errors.Is(cause, errSilent) {
		return cause
	}
	st.echoes.recordStopped(st.rec, st.began)
	limited, cancel := context.WithTimeout(ctx, observeLimit)
	defer cancel()
	_, err := s.Observation(limited, media.Check)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var p *checks.Problem
	if errors.As(problem(ctx, err), &p) && p.Fault == report.FaultServer {
		return p
	}
	return checks.Unavailable("webrtc.media.stopped", report.FaultNetwork, cause)
}

// observe gets the probe's account of the stream and returns its numbers: none
// where it could not be had or is not by a trusted probe. The fact observation says which.
func (m *Media) observe(ctx context.Context, s *exchange.Session, rec *checks.Recorder) []report.Metric {
	if m.cfg.Open == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, observeLimit)
	defer cancel()
	sealed, err := s.Observation(limited, media.Check)
	if err != nil {
		rec.Fact("observation", "missing")
		return nil
	}
	o, err := m.cfg.Open(sealed)
	if err != nil || o.Check != media.Check {
		rec.Fact("observation", "not-trusted")
		return nil
	}
	rec.Fact("observation", "sealed")
	rec.Observed(sealed, o.Metrics, o.Series)
	return o.Metrics
}
