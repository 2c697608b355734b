package webrtc

import (
	"context"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/checks/internal/metered"
	"linecheck/report/exchange"
)

const (
	// mediaSpan is how long media flows: 750 packets tell 0.5 % of loss from 2 %.
	mediaSpan = 15 * time.Second
	// loadedSpan is how long the line is filled beside speech, loadRamp how long that takes to begin.
	loadedSpan, loadRamp = 4 * time.Second, 600 * time.Millisecond
	// fallbackSpan is how long the way over TLS has to prove itself beside a better one.
	fallbackSpan = 3 * time.Second
	// fallbackLimit is how long that way may take to connect.
	fallbackLimit = 3 * time.Second
	// firstEchoLimit is how long the first echo may take.
	firstEchoLimit = 2 * time.Second
	// silenceLimit is after what silence a stream counts as stopped, backLimit how long it is waited for then, from the silence's beginning.
	silenceLimit, backLimit = 2500 * time.Millisecond, 5 * time.Second
	// drainLimit is how long the last echoes are waited for.
	drainLimit = time.Second
	// observeLimit bounds one question to the server about what it saw.
	observeLimit = 4 * time.Second
	// wholeLimit is how long both checks take together without a full line: what is not done by then is left out.
	wholeLimit = 30 * time.Second
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
		ID: media.Check, Revision: 3,
		Needs:    []checks.Resource{checks.Network, checks.CPU},
		Typical:  m.cfg.span + loadedSpan + fallbackSpan + 2*time.Second,
		Timeout:  m.cfg.span + loadedSpan + 26*time.Second, // 45 s
		MaxBytes: 8<<20 + m.load,
		Fresh:    30 * time.Minute,
	}
}

// talk is one run of the check.
type talk struct {
	*Media
	s   *exchange.Session
	rec *checks.Recorder
	f   flight
	end time.Time // by when all should be done

	st       *stream
	held     string  // why a better way than the one in use carries no call; empty where none was tried
	ours     string  // what is wrong at the recruiter's end
	gone     bool    // the call stopped and did not come back
	loaded   bool    // there are figures of a full line
	fallback *echoes // nil where there is none
}

// Run makes the call and records its figures.
func (m *Media) Run(ctx context.Context, rec *checks.Recorder) error {
	if m.cfg.Far == nil {
		return checks.Skip("webrtc.media.needs-invite")
	}
	rec.Progress(checks.Progress{Stage: "server"})
	t := &talk{Media: m, rec: rec, end: time.Now().Add(wholeLimit)}
	if m.load > 0 {
		t.end = t.end.Add(loadedSpan + drainLimit)
	}
	if err := t.begin(ctx); err != nil {
		rec.Fact("issuer", issuer(ctx, err))
		return err
	}
	defer t.st.call.close()
	packets := int(m.cfg.span / media.Interval)
	if err := t.st.flow(ctx, media.Speech, packets, true, func(i int) { t.st.show(i, packets) }); err != nil {
		return t.stopped(ctx, err)
	}
	for _, step := range []func(context.Context) error{t.finish, t.underLoad, t.reconnect, t.overTLS} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	rec.Progress(checks.Progress{Stage: "result", Fraction: 0.97})
	return t.result(ctx)
}

// begin connects the call.
func (t *talk) begin(ctx context.Context) error {
	s, err := t.cfg.far(ctx)
	if err != nil {
		return err
	}
	t.s = s
	if err := noRoute(ctx, s); err != nil { // then asking the server would only take long
		return err
	}
	asking, stop := context.WithTimeout(ctx, askLimit)
	err = again(asking, s, func() error { return s.Begin(asking, media.Check) })
	stop()
	if err != nil {
		return afterwards(ctx, s, err)
	}
	t.rec.Progress(checks.Progress{Stage: "connect", Fraction: 0.03})
	_, own, _ := routed(ctx, echoHost(s))
	f, spent, known := t.cfg.Memory.take(s, own, time.Now())
	if known {
		t.f, t.end = f, t.end.Add(-spent)
		if err := t.best(ctx); err == nil || ctx.Err() != nil {
			return err
		}
	}
	if t.f, err = preflight(ctx, s); err != nil { // also where what was open is not any more
		return err
	}
	return t.best(ctx)
}

// left is how much time there is beside what the end needs.
func (t *talk) left() time.Duration { return time.Until(t.end) - time.Second/2 }

// finish waits for the last echoes of speech, and looks whether the call lives.
func (t *talk) finish(ctx context.Context) error {
	if err := t.st.drain(ctx, media.Speech); err != nil {
		return err
	}
	if err := t.look(ctx); err != nil || !t.gone {
		return err
	}
	return t.theirs(ctx) // what is missing at the end would count as lost on the line
}

// look finds out whether a call that is silent comes back.
func (t *talk) look(ctx context.Context) error {
	if t.st.lives() {
		t.gone = false
		return nil
	}
	return t.await(ctx)
}

// await waits for something to come back.
func (t *talk) await(ctx context.Context) error {
	back, err := t.st.comesBack(ctx)
	t.gone = !back
	return err
}

// underLoad sends speech while the line is full.
func (t *talk) underLoad(ctx context.Context) error {
	if t.gone || t.load == 0 {
		t.rec.Fact("loaded", wayNotTried)
		return nil
	}
	var err error
	if t.loaded, err = t.Media.loaded(ctx, t.s, t.st, t.rec); err != nil {
		return err
	}
	err = t.look(ctx)
	t.loaded = t.loaded && !t.gone
	return err
}

// reconnect cuts the path for a moment and restarts the call. A call that has stopped may come back by it.
func (t *talk) reconnect(ctx context.Context) error {
	if t.left() < cutSpan+reconnectLimit {
		t.rec.Fact("reconnect", wayNotTried)
		return nil
	}
	t.rec.Progress(checks.Progress{Stage: "reconnect", Fraction: 0.8})
	back, err := t.st.reconnect(ctx)
	if back {
		t.gone = false
	}
	if err != nil || back || t.gone { // what was gone before was waited for
		return err
	}
	return t.await(ctx)
}

// overTLS lets the way over TLS, which nearly every network has, prove itself
// beside a better one, where there is one. That it fails is a finding, not an error.
func (t *talk) overTLS(ctx context.Context) error {
	if t.st.call.way == TURNTLS {
		return nil
	}
	if !t.f.open(TURNTLS) {
		code := wayNotTried
		if one, offered := t.f.ways[TURNTLS]; offered {
			code = codeOf(TURNTLS, one.err)
		}
		t.rec.Fact("fallback", code)
		return nil
	}
	if t.left() < fallbackSpan+drainLimit {
		t.rec.Fact("fallback", wayNotTried)
		return nil
	}
	t.rec.Progress(checks.Progress{Stage: "fallback", Fraction: 0.84})
	span := min(fallbackSpan, t.cfg.span)
	st, err := t.call(ctx, TURNTLS, min(fallbackLimit, t.left()-fallbackSpan))
	if err == nil {
		defer st.call.close()
		if err = st.flow(ctx, media.Fallback, int(span/media.Interval), false, nil); err == nil {
			err = st.drain(ctx, media.Fallback)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		t.rec.Fact("fallback", codeOf(TURNTLS, err))
		return nil
	}
	t.rec.Fact("fallback", wayOpen)
	t.fallback = st.echoes[media.Fallback]
	return nil
}
