package webrtc

import (
	"context"
	"errors"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/checks/internal/metered"
	"linecheck/report"
	"linecheck/report/exchange"
)

const (
	// mediaSpan is how long media flows: 750 packets tell 0.5 % of loss from 2 %.
	mediaSpan = 15 * time.Second
	// loadedSpan is how long the line is filled beside speech, loadRamp how long that takes to begin.
	loadedSpan, loadRamp = 4 * time.Second, 600 * time.Millisecond
	// fallbackSpan is how long the way over TLS has to prove itself beside a better one.
	fallbackSpan = 3 * time.Second
	// bestLimit and fallbackLimit bound the search for the best way and the proof of the one over TLS.
	bestLimit, fallbackLimit = 10 * time.Second, 6 * time.Second
	// firstEchoLimit is how long the first echo may take.
	firstEchoLimit = 2 * time.Second
	// silenceLimit is after what silence a stream counts as stopped.
	silenceLimit = 2500 * time.Millisecond
	// drainLimit is how long the last echoes are waited for.
	drainLimit = time.Second
	// observeLimit bounds one question to the server about what it saw.
	observeLimit = 4 * time.Second
)

// Media measures streams paced like speech and video, to the probe's echo and
// back, on the best way there is. Make it with [NewMedia].
type Media struct {
	cfg  Config
	load int64 // bytes that the line may be filled with; 0 leaves that out
}

// NewMedia is the media check. It needs an invite: no public server echoes media.
func NewMedia(cfg Config) *Media {
	if cfg.span == 0 {
		cfg.span = mediaSpan
	}
	m := &Media{cfg: cfg, load: maxLoad}
	if metered.Is() {
		m.load = 0
	}
	return m
}

// Spec says how long it takes. It needs the CPU for itself because a busy
// computer's pauses look like the network's jitter.
func (m *Media) Spec() checks.Spec {
	return checks.Spec{
		ID: media.Check, Revision: 2,
		Needs:    []checks.Resource{checks.Network, checks.CPU},
		Typical:  m.cfg.span + loadedSpan + fallbackSpan + 2*time.Second,
		Timeout:  m.cfg.span + loadedSpan + 26*time.Second, // 45 s
		MaxBytes: 8<<20 + m.load,
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
	f, err := preflight(ctx, s)
	if err != nil {
		return err
	}
	st, err := m.best(ctx, s, f, rec)
	if err != nil {
		return err
	}
	defer st.call.close()
	packets := int(m.cfg.span / media.Interval)
	if err := st.flow(ctx, media.Speech, packets, true, func(i int) { st.show(i, packets) }); err != nil {
		return m.stopped(ctx, s, st, err)
	}
	if err := st.drain(ctx, media.Speech); err != nil {
		return err
	}
	loaded, err := m.loaded(ctx, s, st, rec)
	if err != nil {
		return err
	}
	rec.Progress(checks.Progress{Stage: "reconnect", Fraction: 0.8})
	if err := st.reconnect(ctx); err != nil {
		return err
	}
	fallback, err := m.fallback(ctx, s, f, st.call.way, rec)
	if err != nil {
		return err
	}
	rec.Progress(checks.Progress{Stage: "result", Fraction: 0.97})
	seen := m.observe(ctx, s, rec)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	st.echoes[media.Speech].record(rec, media.Speech, seen)
	st.echoes[media.Video].record(rec, media.Video, seen)
	if loaded {
		st.echoes[media.Loaded].record(rec, media.Loaded, seen)
	}
	if fallback != nil {
		fallback.record(rec, media.Fallback, seen)
	}
	rec.Fact("trouble", st.trouble())
	return nil
}

// best is a call that carries media, by the best of the ways that are open: the
// first by which packets come back.
func (m *Media) best(ctx context.Context, s *exchange.Session, f flight, rec *checks.Recorder) (*stream, error) {
	states := map[Way]string{}
	var errs []error
	var silent error
	limited, cancel := context.WithTimeout(ctx, bestLimit)
	defer cancel()
	for _, way := range ways() {
		one, offered := f.ways[way]
		if !offered {
			continue
		}
		if one.err != nil {
			states[way], errs = way.code(one.err), append(errs, one.err)
			continue
		}
		st, err := m.talk(limited, s, way, one.servers, rec)
		if err == nil {
			rec.Fact("way", string(way))
			return st, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		states[way], errs = way.code(err), append(errs, err)
		if states[way] == "echo.silent" || states[way] == "answer.bad" || states[way] == "server.away" {
			silent = err
		}
	}
	if silent != nil {
		return nil, silent
	}
	trouble, _ := diagnose(states, "")
	return nil, checks.Unavailable("webrtc."+trouble, faultOf(trouble), errors.Join(errs...))
}

// talk makes a call by a way and waits for the first echo.
func (m *Media) talk(ctx context.Context, s *exchange.Session, way Way, servers []server, rec *checks.Recorder) (*stream, error) {
	c, err := newCall(ctx, m.cfg, s, way, servers)
	if err != nil {
		return nil, err
	}
	st, err := newStream(c, rec)
	if err == nil {
		_, err = c.place(ctx)
	}
	if err == nil {
		err = st.warmUp(ctx)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return st, nil
}

// fallback lets the way over TLS, which nearly every network has, prove itself
// beside a better one; nil where there is none or it was the best. That it fails is a finding, not an error.
func (m *Media) fallback(ctx context.Context, s *exchange.Session, f flight, used Way, rec *checks.Recorder) (*echoes, error) {
	if used == TURNTLS || !f.open(TURNTLS) {
		return nil, nil
	}
	rec.Progress(checks.Progress{Stage: "fallback", Fraction: 0.84})
	limited, cancel := context.WithTimeout(ctx, fallbackLimit)
	defer cancel()
	st, err := m.talk(limited, s, TURNTLS, f.ways[TURNTLS].servers, rec)
	if err == nil {
		defer st.call.close()
		span := min(fallbackSpan, m.cfg.span)
		if err = st.flow(limited, media.Fallback, int(span/media.Interval), false, nil); err == nil {
			err = st.drain(limited, media.Fallback)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		code := TURNTLS.code(err)
		if errors.Is(err, errSilent) {
			code = "media.stopped"
		}
		rec.Fact("fallback", code)
		return nil, nil
	}
	rec.Fact("fallback", wayOpen)
	return st.echoes[media.Fallback], nil
}

// largeLoss is the share of video that is lost where speech is not, from which on
// the packets' size is the cause.
const largeLoss = 0.9

// trouble names what the streams show together; "none" where nothing.
func (s *stream) trouble() string {
	speech, video := s.echoes[media.Speech].missing(), s.echoes[media.Video].missing()
	if video >= largeLoss && speech < largeLoss/2 {
		return "packets.large"
	}
	return noTrouble
}

// stopped records how far a stream came that broke off, and finds out whether
// the server is there at all. A loss ratio would say nothing here.
func (m *Media) stopped(ctx context.Context, s *exchange.Session, st *stream, cause error) error {
	if !errors.Is(cause, errSilent) {
		return cause
	}
	st.echoes[media.Speech].recordStopped(st.rec, st.began)
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

// observe gets the probe's account of the streams and returns its numbers: none
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
