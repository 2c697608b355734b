package gui

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"linecheck/checks"
	"linecheck/gui/model"
	"linecheck/report"
)

func progress(check string, fraction float64, stage string) model.Event {
	return model.Event{Event: checks.Event{Type: checks.EventProgress, Check: check, Progress: checks.Progress{Fraction: fraction, Stage: stage}}}
}

func finished(check string) model.Event {
	return model.Event{Event: checks.Event{Type: checks.EventFinished, Check: check, Evidence: &report.Evidence{}}}
}

// Ten thousand events a second for five seconds: the window moves five times a
// second, nothing piles up, and it ends with the newest.
func TestAFloodIsThinnedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batches, largest, last := 0, 0, map[string]float64{}
		b := newBridge(func(f func()) { f() }, func(batch []model.Msg) {
			batches++
			largest = max(largest, len(batch))
			for _, m := range batch {
				e := m.(model.Event)
				last[e.Check] = e.Progress.Fraction
			}
		})
		const n = 50_000
		for i := 1; i <= n; i++ {
			b.post(progress(fmt.Sprint("check-", i%7), float64(i)/n, "download"))
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if batches < 23 || batches > 30 { // one more at the start, where each check begins, and at the end; and whose turn it is at one instant is chance
			t.Errorf("the window moved %d times in five seconds", batches)
		}
		if largest > 7 {
			t.Errorf("a batch had %d messages of 7 checks", largest)
		}
		for i := n - 6; i <= n; i++ {
			if got := last[fmt.Sprint("check-", i%7)]; got != float64(i)/n {
				t.Errorf("the last progress seen is %v, not %v", got, float64(i)/n)
			}
		}
	})
}

// A window that hangs gets one batch, and not one more for each event.
func TestABusyWindowIsNotFlooded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waiting []func()
		applied := 0
		b := newBridge(func(f func()) { waiting = append(waiting, f) }, func(batch []model.Msg) { applied += len(batch) })
		for range 10_000 {
			b.post(progress("a", 0.5, ""))
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if len(waiting) != 1 || len(b.latest) != 1 {
			t.Fatalf("%d batches wait for the window, %d messages behind them", len(waiting), len(b.latest))
		}
		b.post(finished("a"))
		waiting[0]()
		if applied != 1 {
			t.Errorf("%d messages came, of which only the last one counted", applied)
		}
		b.post(progress("b", 0.1, ""))
		time.Sleep(time.Second)
		synctest.Wait()
		if len(waiting) != 2 {
			t.Errorf("after the window woke up %d batches came", len(waiting))
		}
	})
}

// Messages that count keep their order, and all of them come.
func TestWhatCountsIsNotThinnedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		b := newBridge(func(f func()) { f() }, func(batch []model.Msg) {
			for _, m := range batch {
				got = append(got, fmt.Sprintf("%T", m))
			}
		})
		b.post(model.Opened{})
		b.post(progress("a", 1, ""))
		b.post(finished("a"))
		b.post(model.RunEnded{})
		time.Sleep(time.Second)
		synctest.Wait()
		if want := "[model.Opened model.Event model.RunEnded]"; fmt.Sprint(got) != want {
			t.Errorf("got %v", got)
		}
	})
}

// While the processor is measured progress moves the window every two seconds;
// what the person is asked to do comes at once.
func TestQuietBridge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var batches atomic.Int32
		b := newBridge(func(f func()) { f() }, func([]model.Msg) { batches.Add(1) })
		b.setQuiet(true)
		b.post(progress("a", 0, "quiet"))
		time.Sleep(step)
		synctest.Wait()
		batches.Store(0)
		for i := range 400 {
			b.post(progress("a", float64(i)/400, "quiet"))
			time.Sleep(10 * time.Millisecond)
		}
		synctest.Wait()
		if n := batches.Load(); n < 1 || n > 3 {
			t.Errorf("the window moved %d times in four seconds", n)
		}
		time.Sleep(quietStep)
		synctest.Wait()
		batches.Store(0)
		b.post(progress("a", 0.5, "quiet"))
		b.post(progress("a", 0.5, "speak"))
		time.Sleep(step)
		synctest.Wait()
		if batches.Load() != 1 {
			t.Error("a new stage waits")
		}
	})
}

func TestAClosedBridgeIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		b := newBridge(func(f func()) { f() }, func([]model.Msg) { calls.Add(1) })
		b.post(model.Opened{})
		b.close()
		b.post(model.RunEnded{})
		time.Sleep(time.Second)
		if calls.Load() != 0 || len(b.queue) > 1 {
			t.Errorf("%d batches after the end, %d messages kept", calls.Load(), len(b.queue))
		}
	})
}

// A sound level moves the window 20 times a second.
func TestALevelMovesFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batches := 0
		b := newBridge(func(f func()) { f() }, func([]model.Msg) { batches++ })
		e := progress("audio.microphone", 0.1, "speak")
		e.Progress.Live = []report.Metric{{Value: -20, Unit: "dBFS"}}
		for range 100 {
			b.post(e)
			b.post(model.Heard{Level: -20})
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if batches < 18 || batches > 21 {
			t.Errorf("the window moved %d times in a second", batches)
		}
	})
}
