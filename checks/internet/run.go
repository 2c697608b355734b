package internet

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/load"
	"linecheck/checks/internal/rate"
	"linecheck/report"
	"linecheck/report/exchange"
)

// The stages of the check, as progress names them, and where each ends.
const (
	stageQueue    = "queue"
	stageLatency  = "latency"
	stageDownload = "download"
	stageUpload   = "upload"

	endOfLatency  = 0.15
	endOfDownload = 0.55
	endOfUpload   = 0.95
)

const (
	// queueGap is how often a place is asked for, queueMost how long it is waited for.
	queueGap, queueMost = time.Second, time.Minute
	// exhausted is the share of all processors from which on the computer itself limits a transfer.
	exhausted = 0.92
)

// run is one execution of the check.
type run struct {
	cfg  Config
	rec  *checks.Recorder
	far  target
	ping *pinger
	// pings are the pinger over UDP; nil where that does not come through.
	pings *pings
	// rtt and jitter are of the idle line; jitter is 0 where UDP does not come through.
	rtt, jitter time.Duration
	// limited: the computer and not the line was the limit, so far.
	limited bool
}

func (r *run) close() {
	if r.ping != nil {
		r.ping.close()
	}
	if r.pings != nil {
		r.pings.close()
		r.pings = nil
	}
}

func (r *run) session() *exchange.Session { return r.far.session }

// all goes through the stages until one fails.
func (r *run) all(ctx context.Context, public func() *http.Transport) error {
	r.rec.Progress(checks.Progress{Stage: stageLatency})
	if r.cfg.Quick != nil {
		r.rec.Fact("form", "quick")
	}
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
	if err := r.begin(ctx); err != nil {
		return err
	}
	return r.idle(ctx, r.far)
}

// begin asks the probe for a place, and waits in line for one where all are taken.
func (r *run) begin(ctx context.Context) error {
	for since := time.Now(); ; sleep(ctx, queueGap) {
		short, stop := context.WithTimeout(ctx, patience)
		err := r.session().Begin(short, Check)
		stop()
		var said *exchange.Error
		if !errors.As(err, &said) || said.Code != exchange.QueueCode {
			return err
		}
		if time.Since(since) > queueMost {
			return checks.Unavailable("internet.server.crowded", report.FaultServer, err)
		}
		r.rec.Progress(checks.Progress{Stage: stageQueue})
	}
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

// download measures the way here.
func (r *run) download(ctx context.Context) error {
	d := newDirection(r.far, false, r.cfg.Length, int64(downShare*float64(r.cfg.MaxBytes)), r.rtt, r.ping.sockets)
	if r.cfg.Quick != nil {
		d.pace.bounds = r.cfg.Quick.Down
	}
	err := r.load(ctx, d, stageDownload, endOfLatency, endOfDownload)
	r.speed(d, stageDownload)
	return err
}

// upload measures the way there. What counts is what the probe received; only a
// public server, which says nothing, leaves us with what was handed to the system.
func (r *run) upload(ctx context.Context) error {
	d := newDirection(r.far, true, r.cfg.Length, int64(upShare*float64(r.cfg.MaxBytes)), r.rtt, r.ping.sockets)
	if r.cfg.Quick != nil {
		d.pace.bounds = r.cfg.Quick.Up
	}
	err := r.load(ctx, d, stageUpload, endOfDownload, endOfUpload)
	if r.session() == nil {
		r.speed(d, stageUpload)
	}
	return err
}

// speed records what was counted here of a direction.
func (r *run) speed(d *direction, stage string) {
	e, ok := d.count().Estimate()
	if !ok || e.Span < minSpan && !d.spent {
		return
	}
	e.Each(stage, func(key string, v float64, unit string, samples int) { r.rec.Metric(key, v, unit, samples) })
	r.steady(stage, report.YesNo(e.Steady))
	at, speed := d.count().Trace(2 * rate.Bin)
	r.rec.Series("internet."+stage+".mbps", "Mbit/s", at, speed)
}

// steady records whether a direction kept its speed; where the computer was the
// limit that would say nothing of the line.
func (r *run) steady(stage, how string) {
	if !r.limited {
		r.rec.Fact("steady."+stage, how)
	}
}

// load runs one direction, samples the latency beside it and shows the speed of the moment.
func (r *run) load(ctx context.Context, d *direction, stage string, from, to float64) error {
	stop := r.beside(ctx)
	d.waiting = r.waiting
	if r.pings != nil {
		d.resumed = r.pings.resumedAt
	}
	before := load.Now(ctx)
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
	if share, ok := load.Now(ctx).Since(before); ok && share >= exhausted {
		r.limited = true
		r.rec.Fact(report.LimitFact, report.LimitComputer)
	}
	loaded, _ := d.count().Span()
	r.loaded(stage, loaded, stop())
	r.rec.Metric("internet.moved."+stage+".bytes", float64(d.tap.count.Total()), "bytes", 0)
	if !loaded.IsZero() {
		r.rec.Metric("internet."+stage+".connections", float64(d.pace.conns), "count", 0)
	}
	return err
}

func live(stage string, d *direction, now time.Time) []report.Metric {
	n, ok := report.Num(d.count().Recent(now))
	if !ok {
		return nil
	}
	return []report.Metric{{Key: "internet." + stage + ".mbps", Value: n, Unit: "Mbit/s", Origin: report.Client}}
}

// observe asks the probe for its own account and takes over what only it could
// see. What both counted stays ours in the evidence: theirs is in the sealed
// observation, where the two can be compared.
func (r *run) observe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	env, err := r.session().Observation(ctx, Check)
	if err != nil {
		return err
	}
	o, err := r.cfg.Open(env)
	if err != nil {
		return checks.Unavailable("internet.observation.invalid", report.FaultServer, err)
	}
	seen := slices.DeleteFunc(o.Metrics, func(m report.Metric) bool { return strings.HasPrefix(m.Key, "internet.moved.") })
	r.rec.Observed(env, seen, o.Series)
	if !slices.ContainsFunc(seen, func(m report.Metric) bool { return m.Key == "internet.upload.mbps" }) {
		return checks.Unavailable("internet.upload.unseen", report.FaultServer, nil)
	}
	r.steady(stageUpload, o.Facts["steady.upload"])
	r.rec.Progress(checks.Progress{Stage: stageUpload, Fraction: 1})
	return nil
}
