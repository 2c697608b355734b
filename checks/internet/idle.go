package internet

import (
	"context"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
	"linecheck/report"
)

// idle measures latency, jitter and loss of the idle line: over UDP where the
// probe answers it, else with small requests. Both pingers stay for the loaded line.
func (r *run) idle(ctx context.Context, far target) error {
	r.close()
	r.far, r.ping = far, newPinger(far)
	if r.session() != nil && len(r.session().Grant.STUN) > 0 {
		if err := r.ping.warm(ctx); err != nil {
			return err
		}
		done, err := r.idleUDP(ctx)
		if done || err != nil {
			return err
		}
	}
	ms, err := r.ping.idle(ctx, func(n int, ms float64) { r.trip(float64(n)/idleSamples, ms) })
	if len(ms) >= idleEnough {
		r.latency(ms)
		r.rec.Metric("internet.jitter.ms", jitter(ms), "ms", len(ms)-1)
	}
	return err
}

// trip shows how far the idle line is measured, and its newest round trip.
func (r *run) trip(part, ms float64) {
	p := checks.Progress{Stage: stageLatency, Fraction: endOfLatency * part}
	if n, ok := report.Num(ms); ok {
		p.Live = []report.Metric{{Key: "internet.latency.idle.ms", Value: n, Unit: "ms", Origin: report.Client}}
	}
	r.rec.Progress(p)
}

// latency records the round trips of the idle line.
func (r *run) latency(ms []float64) {
	slices.Sort(ms)
	r.rtt = time.Duration(stats.Quantile(ms, 0.5) * float64(time.Millisecond))
	r.rec.Metric("internet.latency.idle.ms", stats.Quantile(ms, 0.5), "ms", len(ms))
	r.rec.Metric("internet.latency.idle.p90.ms", stats.Quantile(ms, 0.9), "ms", len(ms))
}

// idleUDP is idle over UDP. done is false where UDP does not come through.
func (r *run) idleUDP(ctx context.Context) (done bool, err error) {
	if r.pings, err = newPings(ctx, r.session().Grant.STUN[0]); err != nil {
		return false, ctx.Err()
	}
	span := idleSpan
	if r.cfg.Quick != nil {
		span = quickSpan
	}
	l, err := r.pings.idle(ctx, span, r.trip)
	if err != nil {
		r.pings.close()
		r.pings = nil
		return false, ctx.Err()
	}
	r.latency(l.trips)
	r.rec.Metric("internet.jitter.ms", l.jitter, "ms", l.steps)
	if l.steps > 0 {
		r.jitter = time.Duration(l.jitter * float64(time.Millisecond))
	}
	l.record(r.rec)
	return true, nil
}
