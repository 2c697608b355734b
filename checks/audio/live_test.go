//go:build linux

package audio_test

import (
	"context"
	"math"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// tone is the noise of a quiet room in dBFS; without any, an open microphone looks muted.
const tone = -65

func run(t *testing.T, c checks.Check, progress func(checks.Progress)) report.Evidence {
	t.Helper()
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), c, progress)
	t.Logf("%s after %v: %s %s %s %v %v", ev.Check, time.Since(begin).Round(time.Millisecond), ev.Outcome, ev.Reason, ev.Fault, ev.Facts, ev.Metrics)
	return ev
}

func value(t *testing.T, ev report.Evidence, key string) float64 {
	t.Helper()
	m, ok := ev.Metric(key)
	if !ok {
		t.Fatalf("%s is absent", key)
	}
	return float64(m.Value)
}

func absent(t *testing.T, ev report.Evidence, keys ...string) {
	t.Helper()
	for _, k := range keys {
		if m, ok := ev.Metric(k); ok {
			t.Errorf("%s is %v where nothing was there to measure", k, m.Value)
		}
	}
}

func near(t *testing.T, ev report.Evidence, key string, want, within float64) {
	t.Helper()
	if got := value(t, ev, key); math.Abs(got-want) > within {
		t.Errorf("%s is %.2f, want %.2f +- %.2f", key, got, want, within)
	}
}

func timeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}
