package internet

import (
	"context"
	"net/http"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
	"linecheck/report"
	"linecheck/report/exchange"
)

// The stages of the check, as progress names them, and where each ends.
const (
	stageLatency  = "latency"
	stageDownload = "download"
	stageUpload   = "upload"

	endOfLatency  = 0.15
	endOfDownload = 0.55
	endOfUpload   = 0.95
)

// run is one execution of the check.
type run struct {
	cfg  Config
	rec  *checks.Recorder
	far  target
	ping *pinger
}

func (r *run) close() {
	if r.ping != nil {
		r.ping.close()
	}
}

func (r *run) session() *exchange.Session { return r.far.session }

// all goes through the stages until one fails.
func (r *run) all(ctx context.Context, public func() *http.Transport) error {
	r.rec.Progress(checks.Progress{Stage: stageLatency})
	var err error
	if r.cfg.Far != nil {
		err = r.reachProbe(ctx)
	} else {
		err = r.reachPublic(ctx, public)
	}
	if err != nil {
		return err
	}
	if err := r.download(ctx); err != nil {
		return err
	}
	if err := r.upload(ctx); err != nil {
		return err
	}
	if r.session() == nil {
		return nil
	}
	return r.observe(ctx)
}

// reachProbe opens the session and measures the idle line to the probe.
func (r *run) reachProbe(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := r.cfg.Far(short)
	if err != nil {
		return err
	}
	r.far = probeTarget(s)
	r.rec.Fact("far", "probe")
	if err := s.Begin(short, Check); err != nil {
		return err
	}
	return r.idle(ctx, r.far)
}

// reachPublic finds a public server and measures the idle line to it.
func (r *run) reachPublic(ctx context.Context, public func() *http.Transport) error {
	found, err := nearest(ctx, public)
	if err != nil {
		return err
	}
	r.rec.Fact("far", "public")
	for _, far := range found {
		if err = r.idle(ctx, far); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// idle measures latency and jitter of the idle line. The pinger stays for the loaded line.
func (r *run) idle(ctx context.Context, far target) error {
	r.close()
	r.far, r.ping = far, newPinger(far)
	ms, err := r.ping.idle(ctx, func(n int) {
		r.rec.Progress(checks.Progress{Stage: stageLatency, Fraction: endOfLatency * float64(n) / idleSamples})
	})
	if len(ms) >= idleEnough {
		r.rec.Metric("internet.latency.idle.ms", stats.Median(ms), "ms", len(ms))
		r.rec.Metric("internet.jitter.ms", jitter(ms), "ms", len(ms)-1)
	}
	return err
}

// download measures the way here.
func (r *run) download(ctx context.Context) error {
	d := newDirection(r.far, false, r.cfg.Length, int64(downShare*float64(r.cfg.MaxBytes)), r.ping.sockets)
	err := r.load(ctx, d, stageDownload, endOfLatency, endOfDownload)
	if e, ok := d.tap.count.Estimate(); ok && (e.Span >= minSpan || d.spent) {
		r.rec.Metric("internet.download.mbps", e.Mbps, "Mbit/s", e.Bins)
	}
	return err
}

// upload measures the way there. What counts is what the probe received; only a
// public server, which says nothing, leaves us with what was handed to the system.
func (r *run) upload(ctx context.Context) error {
	d := newDirection(r.far, true, r.cfg.Length, int64(upShare*float64(r.cfg.MaxBytes)), r.ping.sockets)
	err := r.load(ctx, d, stageUpload, endOfDownload, endOfUpload)
	if r.session() != nil {
		return err
	}
	if e, ok := d.tap.count.Estimate(); ok && (e.Span >= minSpan || d.spent) {
		r.rec.Metric("internet.upload.mbps", e.Mbps, "Mbit/s", e.Bins)
	}
	return err
}

// load runs one direction, samples the latency beside it and shows the speed of the moment.
func (r *run) load(ctx context.Context, d *direction, stage string, from, to float64) error {
	stop := r.ping.during(ctx)
	begin := time.Now()
	var shown time.Time
	err := d.run(ctx, func(now time.Time) {
		if now.Sub(shown) < 2*tick {
			return
		}
		shown = now
		part := min(1, float64(now.Sub(begin))/float64(d.length))
		r.rec.Progress(checks.Progress{Stage: stage, Fraction: from + part*(to-from), Live: live(stage, d, now)})
	})
	loaded, _ := d.tap.count.Span()
	ms := stop(loaded)
	r.rec.Metric("internet.moved."+stage+".bytes", float64(d.tap.count.Total()), "bytes", 0)
	if len(ms) >= loadedEnough {
		slices.Sort(ms)
		r.rec.Metric("internet.latency."+stage+".ms", stats.Quantile(ms, loadedQuantile), "ms", len(ms))
	}
	return err
}

func live(stage string, d *direction, now time.Time) []report.Metric {
	n, ok := report.Num(d.tap.count.Recent(now))
	if !ok {
		return nil
	}
	return []report.Metric{{Key: "internet." + stage + ".mbps", Value: n, Unit: "Mbit/s", Origin: report.Client}}
}

// observe asks the probe for its own account and takes over what only it could
// see. What both counted stays ours in the evidence: theirs is in the sealed
// observation, where the two can be compared.
func (r *run) observe(ctx context.Context) error {
	// the patience began when the line last showed life, but a living line gets its round trip
	left := max(patience-time.Since(r.ping.sockets.arrived.get()), patience/5)
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	env, err := r.session().Observation(ctx, Check)
	if err != nil {
		return err
	}
	o, err := r.cfg.Open(env)
	if err != nil {
		return checks.Unavailable("internet.observation.invalid", report.FaultServer, err)
	}
	at := slices.IndexFunc(o.Metrics, func(m report.Metric) bool { return m.Key == "internet.upload.mbps" })
	if at < 0 {
		r.rec.Observed(env, nil, nil)
		return checks.Unavailable("internet.upload.unseen", report.FaultServer, nil)
	}
	r.rec.Observed(env, o.Metrics[at:at+1], o.Series)
	r.rec.Progress(checks.Progress{Stage: stageUpload, Fraction: 1})
	return nil
}
