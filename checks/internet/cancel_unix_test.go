//go:build unix

package internet

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"linecheck/report"
)

// cpuTime is what this process has used of the processor so far.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The library's own loop spins for seconds after a cancellation. Ours must end
// at once, and afterwards neither processor nor network may show a trace of it.
func TestCancelLeavesNothingBehind(t *testing.T) {
	for _, tt := range []struct {
		stage string
		after time.Duration
	}{{"before", 0}, {"latency", 150 * time.Millisecond}, {"download", 2700 * time.Millisecond}, {"upload", 4800 * time.Millisecond}} {
		t.Run(tt.stage, func(t *testing.T) {
			r := newRig(t)
			r.slowed(1_500_000)
			var read, written atomic.Int64
			r.srv.Config.Handler = counting(r.srv.Config.Handler, &read, &written)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var stopped atomic.Pointer[time.Time]
			timer := time.AfterFunc(tt.after, func() {
				now := time.Now()
				stopped.Store(&now)
				cancel()
			})
			defer timer.Stop()
			o := measure(ctx, New(r.config(2500*time.Millisecond)))
			o.want(t, report.Canceled, "check.canceled", report.FaultYou)
			if late := time.Since(*stopped.Load()); late > 500*time.Millisecond {
				t.Errorf("returned %v after the cancellation", late)
			}
			if _, ok := o.Metric("internet.download.mbps"); ok != (tt.after >= 2700*time.Millisecond) {
				t.Errorf("download speed kept: %v", ok)
			}
			time.Sleep(300 * time.Millisecond) // the server's handlers see the closed connections
			before, moved := cpuTime(t), written.Load()
			time.Sleep(time.Second)
			if used := cpuTime(t) - before; used > 100*time.Millisecond {
				t.Errorf("%v of processor time in the second after", used)
			}
			// What the server reads may still lie in its own system's buffers, and an upload that ends there is answered.
			if more := written.Load() - moved; more > shortAnswer {
				t.Errorf("%d bytes moved after the check was over", more)
			}
		})
	}
}

// shortAnswer is as long as the answer to an upload, in bytes.
const shortAnswer = 64

// A server that fails at once must not make the workers spin either.
func TestRefusalsDoNotSpin(t *testing.T) {
	r := newRig(t)
	event := r.breakAfter("random", 200*time.Millisecond, func() {
		_ = r.srv.Listener.Close()
		r.srv.CloseClientConnections()
	})
	r.slowed(1_500_000)
	c := New(r.config(2 * time.Second))
	before := cpuTime(t)
	o := measure(t.Context(), c)
	if used := cpuTime(t) - before; used > 1500*time.Millisecond {
		t.Errorf("%v of processor time for a test of %v that soon fails", used, o.took)
	}
	if event.Load() == nil || o.Outcome != report.Unavailable {
		t.Errorf("%s %s", o.Outcome, o.Reason)
	}
}
