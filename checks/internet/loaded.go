package internet

import (
	"context"
	"slices"
	"time"

	"linecheck/checks/internal/stats"
)

// beside samples round trips while the line is loaded.
func (r *run) beside(ctx context.Context) (stop func() []timed) {
	if r.pings != nil {
		return r.pings.during(ctx)
	}
	return r.ping.during(ctx)
}

// waitingEnough is the fewest packets by which a queue is seen.
const waitingEnough = 3

// waiting is how much longer than on the idle line nine of ten packets are on their
// way, of late, beyond what that line's own jitter does.
func (r *run) waiting(of time.Duration) (time.Duration, bool) {
	if r.pings == nil {
		return 0, false
	}
	ms := r.pings.recent(of, r.rtt)
	if len(ms) < waitingEnough {
		return 0, false
	}
	slices.Sort(ms)
	return time.Duration(stats.Quantile(ms, 0.1)*float64(time.Millisecond)) - r.rtt - r.jitter, true
}

// loaded records the latency of the loaded line, of what was sent when the load had been on for a while.
func (r *run) loaded(stage string, since time.Time, all []timed) {
	var ms []float64
	var at []time.Duration
	for _, s := range all {
		if after := s.begun.Sub(since); !since.IsZero() && after >= loadedRamp {
			ms, at = append(ms, s.ms), append(at, after)
		}
	}
	r.rec.Series("internet.latency."+stage+".ms", "ms", at, ms)
	if len(ms) >= loadedEnough {
		slices.Sort(ms)
		r.rec.Metric("internet.latency."+stage+".ms", stats.Quantile(ms, loadedQuantile), "ms", len(ms))
	}
}
