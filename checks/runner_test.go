package checks_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// scripted is a check that does what a test says.
type scripted struct {
	spec checks.Spec
	run  func(ctx context.Context, rec *checks.Recorder) error
}

func (s scripted) Spec() checks.Spec { return s.spec }

func (s scripted) Run(ctx context.Context, rec *checks.Recorder) error { return s.run(ctx, rec) }

func check(id string, run func(ctx context.Context, rec *checks.Recorder) error, needs ...checks.Resource) checks.Check {
	return scripted{checks.Spec{ID: id, Revision: 1, Needs: needs, Typical: 2 * time.Second, Timeout: 5 * time.Second}, run}
}

func nothing(context.Context, *checks.Recorder) error { return nil }

// log collects events.
type log struct {
	mu     sync.Mutex
	events []checks.Event
}

func (l *log) add(e checks.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *log) of(typ checks.EventType, id string) (out []checks.Event) {
	for _, e := range l.events {
		if e.Type == typ && e.Check == id {
			out = append(out, e)
		}
	}
	return out
}

func TestOutcomes(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		name    string
		run     func(ctx context.Context, rec *checks.Recorder) error
		outcome report.Outcome
		reason  string
		fault   report.Fault
		within  time.Duration
	}{
		{"measured", nothing, report.Measured, "", "", 0},
		{"unavailable", func(context.Context, *checks.Recorder) error {
			return checks.Unavailable("x.away", report.FaultServer, cause)
		}, report.Unavailable, "x.away", report.FaultServer, 0},
		{"skipped", func(context.Context, *checks.Recorder) error { return checks.Skip("x.not-asked") }, report.Skipped, "x.not-asked", report.FaultUs, 0},
		{"another error", func(context.Context, *checks.Recorder) error { return cause }, report.Unavailable, "check.failed", report.FaultUs, 0},
		{"panic", func(context.Context, *checks.Recorder) error { panic("oh") }, report.Crashed, "check.crashed", report.FaultUs, 0},
		{"nil dereference", func(context.Context, *checks.Recorder) error { var p *int; *p = 1; return nil }, report.Crashed, "check.crashed", report.FaultUs, 0},
		{"exit of the goroutine", func(context.Context, *checks.Recorder) error { runtime.Goexit(); return nil }, report.Crashed, "check.crashed", report.FaultUs, 0},
		{"too long, but polite", func(ctx context.Context, _ *checks.Recorder) error { <-ctx.Done(); return ctx.Err() }, report.Unavailable, "check.timeout", report.FaultUs, 5 * time.Second},
		{"too long, and deaf", func(ctx context.Context, _ *checks.Recorder) error {
			time.Sleep(time.Hour)
			return nil
		}, report.Unavailable, "check.timeout", report.FaultUs, 6 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l log
				begin := time.Now()
				r := &checks.Runner{Emit: l.add}
				res := r.Run(t.Context(), []checks.Check{check("one", c.run), check("two", nothing)})
				if took := time.Since(begin); took > c.within+time.Second {
					t.Errorf("took %v", took)
				}
				ev := res[0].Evidence
				if ev.Outcome != c.outcome || ev.Reason != c.reason || ev.Fault != c.fault {
					t.Errorf("%s %q %q", ev.Outcome, ev.Reason, ev.Fault)
				}
				if res[1].Evidence.Outcome != report.Measured {
					t.Error("the run did not go on")
				}
				if n := len(l.of(checks.EventStarted, "one")) + len(l.of(checks.EventFinished, "one")); n != 2 {
					t.Errorf("%d events of start and end", n)
				}
				time.Sleep(2 * time.Hour) // a deaf check ends at last; its words come too late
				if got := l.of(checks.EventFinished, "one"); len(got) != 1 {
					t.Errorf("finished %d times", len(got))
				}
			})
		})
	}
}

// Whatever a check saw before it failed is kept; what it says afterwards is not.
func TestWhatWasSeenIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &checks.Runner{}
		var late *checks.Recorder
		res := r.Run(t.Context(), []checks.Check{check("one", func(_ context.Context, rec *checks.Recorder) error {
			rec.Metric("a.ms", 1, "ms", 3)
			rec.Metric("a.ms", 2, "ms", 4)
			rec.Metric("nan", math.NaN(), "ms", 1)
			rec.Metric("inf", math.Inf(1), "ms", 1)
			rec.Fact("kind", "x")
			rec.Fact("empty", "")
			late = rec
			panic("oh")
		})})
		late.Metric("b.ms", 1, "ms", 1)
		late.Fact("late", "x")
		late.Progress(checks.Progress{Fraction: 1})
		ev := res[0].Evidence
		want := []report.Metric{{Key: "a.ms", Value: 2, Unit: "ms", Origin: report.Client, Samples: 4}}
		if !slices.Equal(ev.Metrics, want) || len(ev.Facts) != 1 || ev.Facts["kind"] != "x" {
			t.Errorf("%+v %v", ev.Metrics, ev.Facts)
		}
	})
}

func TestResourcesAreNeverShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		inUse := map[checks.Resource]string{}
		var order []string
		use := func(id string, needs ...checks.Resource) checks.Check {
			return check(id, func(context.Context, *checks.Recorder) error {
				mu.Lock()
				order = append(order, id)
				for _, n := range needs {
					if other := inUse[n]; other != "" {
						t.Errorf("%s and %s use %s at once", id, other, n)
					}
					inUse[n] = id
				}
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				for _, n := range needs {
					inUse[n] = ""
				}
				mu.Unlock()
				return nil
			}, needs...)
		}
		begin := time.Now()
		r := &checks.Runner{}
		res := r.Run(t.Context(), []checks.Check{
			use("cpu", checks.CPU), use("memory"), use("out", checks.Speaker, checks.Microphone, checks.CPU),
			use("mic", checks.Microphone), use("net", checks.Network, checks.CPU), use("call", checks.Network),
		})
		for i, id := range []string{"cpu", "memory", "out", "mic", "net", "call"} {
			if res[i].Evidence.Check != id {
				t.Errorf("result %d is of %s, want %s", i, res[i].Evidence.Check, id)
			}
		}
		// cpu+memory, out, then mic+net, then call: no check overtakes one that waits for the same.
		if took := time.Since(begin); took != 4*time.Second {
			t.Errorf("took %v, want 4s: %v", took, order)
		}
		if slices.Index(order, "net") > slices.Index(order, "call") || slices.Index(order, "out") > slices.Index(order, "mic") {
			t.Errorf("order %v", order)
		}
	})
}

// A hung check holds its resources no longer than its timeout.
func TestAHungCheckDoesNotStopTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &checks.Runner{}
		res := r.Run(t.Context(), []checks.Check{
			check("hung", func(context.Context, *checks.Recorder) error { time.Sleep(time.Hour); return nil }, checks.Network),
			check("next", nothing, checks.Network),
		})
		if res[1].Evidence.Outcome != report.Measured {
			t.Errorf("%+v", res[1].Evidence)
		}
		time.Sleep(2 * time.Hour) // let the hung one go
	})
}

func TestCancelEndsWithinTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, cancel)
		begin := time.Now()
		r := &checks.Runner{}
		res := r.Run(ctx, []checks.Check{
			check("done", func(_ context.Context, rec *checks.Recorder) error { rec.Metric("a", 1, "ms", 1); return nil }, checks.CPU),
			check("polite", func(ctx context.Context, rec *checks.Recorder) error {
				rec.Metric("b", 1, "ms", 1)
				<-ctx.Done()
				return ctx.Err()
			}, checks.CPU),
			check("deaf", func(context.Context, *checks.Recorder) error { time.Sleep(time.Hour); return nil }, checks.Network),
			check("not begun", nothing, checks.CPU),
		})
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
		want := []report.Outcome{report.Measured, report.Canceled, report.Canceled, report.Canceled}
		for i, w := range want {
			if res[i].Evidence.Outcome != w {
				t.Errorf("%s: %s, want %s", res[i].Evidence.Check, res[i].Evidence.Outcome, w)
			}
		}
		if _, ok := res[1].Evidence.Metric("b"); !ok {
			t.Error("what was measured before the stop is lost")
		}
		time.Sleep(2 * time.Hour) // let the deaf one go
	})
}

// Progress moves at least four times a second, never back, and at most forty times a second.
func TestProgressMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		r := &checks.Runner{Emit: l.add}
		r.Run(t.Context(), []checks.Check{
			check("silent", func(context.Context, *checks.Recorder) error { time.Sleep(4 * time.Second); return nil }),
			check("loud", func(_ context.Context, rec *checks.Recorder) error {
				for i := range 4000 {
					rec.Progress(checks.Progress{Fraction: math.Sin(float64(i)), Stage: "x"})
					time.Sleep(time.Millisecond)
				}
				return nil
			}),
		})
		for id, most := range map[string]int{"silent": 17, "loud": 161} {
			events := l.of(checks.EventProgress, id)
			if len(events) < 14 || len(events) > most {
				t.Errorf("%s: %d progress events in 4 s", id, len(events))
			}
			last, at := 0.0, l.of(checks.EventStarted, id)[0].At
			for _, e := range events {
				if e.Progress.Fraction < last || e.Progress.Fraction > 1 {
					t.Errorf("%s: fraction went from %v to %v", id, last, e.Progress.Fraction)
				}
				if gap := e.At.Sub(at); gap > 400*time.Millisecond {
					t.Errorf("%s: nothing moved for %v", id, gap)
				}
				last, at = e.Progress.Fraction, e.At
			}
			if last == 0 {
				t.Errorf("%s: the bar never moved", id)
			}
		}
	})
}

// A meter that shows twenty levels a second loses none of them.
func TestNoLevelIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		r := &checks.Runner{Emit: l.add}
		r.Run(t.Context(), []checks.Check{check("meter", func(_ context.Context, rec *checks.Recorder) error {
			for i := range 80 {
				rec.Progress(checks.Progress{Fraction: float64(i) / 80, Live: []report.Metric{{Key: "level", Value: report.Number(i)}}})
				time.Sleep(50 * time.Millisecond)
			}
			return nil
		})})
		shown := 0
		for _, e := range l.of(checks.EventProgress, "meter") {
			shown += len(e.Progress.Live)
		}
		if shown < 79 { // the last may come when it is over
			t.Errorf("%d of 80 levels were shown", shown)
		}
	})
}
