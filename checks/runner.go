package checks

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
)

const (
	// heartbeat is how often a running check shows progress even when it says nothing itself.
	heartbeat = 250 * time.Millisecond
	// grace is how long a stopped check may take to tidy up before it is left behind.
	grace = time.Second
)

// Runner runs a plan of checks. It owns order, resources, timeouts, panics and cancellation.
type Runner struct {
	// Emit receives every event. It is never called twice at a time; it must not block for long.
	Emit func(Event)

	emitting sync.Mutex
	halts    halts
}

// Result is what one check left behind.
type Result struct {
	Evidence     report.Evidence
	Observations []envelope.Envelope
	// Voice is a FLAC file of the person's voice, which they agreed to be sent; nil where there is none.
	Voice []byte
	// Private are lines for the person at this computer that go into no report, by what they are.
	Private map[string][]string
}

// Run runs the checks, in their order where they share a resource and side by
// side where they do not, and returns one result for each, in the order given.
// It returns within a second after ctx ends; checks not begun by then are
// canceled too. A check that panics, hangs or ignores ctx costs only its own result.
func (r *Runner) Run(ctx context.Context, plan []Check) []Result {
	results := make([]Result, len(plan))
	done := make(chan int)
	busy := map[Resource]bool{}
	started := make([]bool, len(plan))
	for finished := 0; finished < len(plan); {
		reserved := map[Resource]bool{}
		for i, c := range plan {
			needs := c.Spec().Needs
			if started[i] || anyOf(needs, busy) || anyOf(needs, reserved) {
				if !started[i] {
					mark(reserved, needs, true) // a later check must not overtake it
				}
				continue
			}
			started[i] = true
			mark(busy, needs, true)
			go func() {
				results[i] = r.one(ctx, c)
				done <- i
			}()
		}
		i := <-done
		mark(busy, plan[i].Spec().Needs, false)
		finished++
	}
	return results
}

func anyOf(needs []Resource, in map[Resource]bool) bool {
	for _, n := range needs {
		if in[n] {
			return true
		}
	}
	return false
}

func mark(set map[Resource]bool, needs []Resource, v bool) {
	for _, n := range needs {
		set[n] = v
	}
}

// errGivenUp: the check neither finished nor stopped when told to.
var errGivenUp = errors.New("the check did not stop when told to")

// panicked is a check's panic as an error.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// one runs a single check to its evidence.
func (r *Runner) one(ctx context.Context, c Check) Result {
	spec := c.Spec()
	begin := time.Now()
	r.emit(Event{Type: EventStarted, Check: spec.ID, At: begin})

	beat := newPulse(spec, begin, r.emit)
	rec := newRecorder(beat.set)
	ctx, done := r.halts.watch(ctx, spec.ID)
	defer done()
	err := run(ctx, c, spec.Timeout, rec)
	beat.stop()
	if err != nil && context.Cause(ctx) == errAccommodated {
		rec.Fact(report.AccommodationFact, report.AccommodationRequested)
	}

	res := rec.close()
	ev := &res.Evidence
	ev.Check, ev.Revision, ev.Started = spec.ID, spec.Revision, begin.UTC().Truncate(time.Second)
	ev.ElapsedMS = time.Since(begin).Milliseconds()
	ev.Outcome, ev.Reason, ev.Fault = outcome(ctx, err)
	r.emit(Event{Type: EventFinished, Check: spec.ID, At: time.Now(), Elapsed: time.Since(begin),
		Evidence: ev, Observations: res.Observations, Voice: res.Voice, Private: res.Private, Err: err})
	return res
}

// run calls the check with its timeout and waits for it, but never longer than timeout and grace.
func run(parent context.Context, c Check, timeout time.Duration, rec *Recorder) error {
	if err := parent.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		returned := false
		defer func() {
			if v := recover(); v != nil {
				ended <- &panicked{value: v, stack: debug.Stack()}
			} else if !returned { // runtime.Goexit
				ended <- &panicked{value: "the check's goroutine exited"}
			}
		}()
		err := c.Run(ctx, rec)
		returned = true
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	patience := time.NewTimer(grace)
	defer patience.Stop()
	select {
	case err := <-ended:
		return err
	case <-patience.C:
		return errGivenUp
	}
}

// outcome turns what a check returned into an outcome, a reason and whose fault it is.
func outcome(parent context.Context, err error) (report.Outcome, string, report.Fault) {
	var p *Problem
	var crash *panicked
	switch {
	case err == nil:
		return report.Measured, "", ""
	case errors.As(err, &crash):
		return report.Crashed, "check.crashed", report.FaultUs
	case context.Cause(parent) == errAccommodated:
		return report.Skipped, AccommodatedReason, report.FaultYou
	case parent.Err() != nil:
		return report.Canceled, "check.canceled", report.FaultYou
	case errors.As(err, &p) && p.Skipped:
		return report.Skipped, p.Code, p.Fault
	case errors.As(err, &p):
		return report.Unavailable, p.Code, p.Fault
	case errors.Is(err, errGivenUp), errors.Is(err, context.DeadlineExceeded):
		return report.Unavailable, "check.timeout", report.FaultUs
	default:
		return report.Unavailable, "check.failed", report.FaultUs
	}
}

func (r *Runner) emit(e Event) {
	r.emitting.Lock()
	defer r.emitting.Unlock()
	if r.Emit != nil {
		r.Emit(e)
	}
}
