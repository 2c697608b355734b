package checks_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// One check is ended and another left out, and the rest of the run knows nothing of it.
func TestHaltEndsOneCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := func(ctx context.Context, rec *checks.Recorder) error {
			rec.Metric("a.b.ms", 1, "ms", 1)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(2 * time.Second):
				return nil
			}
		}
		never := func(context.Context, *checks.Recorder) error {
			t.Error("a check that was left out runs")
			return nil
		}
		r := &checks.Runner{}
		plan := []checks.Check{check("a.ended", wait, checks.CPU), check("a.skipped", wait, checks.Network),
			check("a.waiting", never, checks.CPU), check("a.left", wait, checks.Speaker), check("a.over", nothing)}
		go func() {
			time.Sleep(time.Second)
			r.Halt("a.ended", false)
			r.Halt("a.skipped", true)
			r.Halt("a.over", true)
			r.Halt("nobody", true)
		}()
		r.Halt("a.waiting", true)
		results := r.Run(t.Context(), plan)
		for i, want := range []struct {
			outcome report.Outcome
			reason  string
			asked   bool
		}{
			{report.Canceled, "check.canceled", false},
			{report.Skipped, checks.AccommodatedReason, true},
			{report.Skipped, checks.AccommodatedReason, true},
			{report.Measured, "", false},
			{report.Measured, "", false},
		} {
			e := results[i].Evidence
			asked := e.Facts[report.AccommodationFact] == report.AccommodationRequested
			if e.Outcome != want.outcome || e.Reason != want.reason || asked != want.asked {
				t.Errorf("%s: %s %s, accommodation %v", e.Check, e.Outcome, e.Reason, asked)
			}
		}
	})
}
