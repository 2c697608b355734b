package device

import (
	"strings"
	"testing"
	"time"
)

// after lets ticks pass until the watch gives up, at most so many.
func after(w *watch, most int, each func(*watch)) (int, *Error) {
	for n := 1; n <= most; n++ {
		if each != nil {
			each(w)
		}
		if err := w.tick(); err != nil {
			return n, err.(*Error)
		}
	}
	return most, nil
}

func TestWatchGivesUp(t *testing.T) {
	started := func(capture, play bool) *watch {
		w := newWatch(capture, play, time.Minute)
		w.input.moved()
		w.output.moved()
		return w
	}
	for _, c := range []struct {
		name  string
		w     *watch
		each  func(*watch)
		ticks int
		way   Direction
	}{
		{"nothing ever came in", newWatch(true, false, time.Minute), nil, firstTicks, Input},
		{"nothing was ever taken", newWatch(false, true, time.Minute), nil, firstTicks, Output},
		{"input stops", started(true, false), nil, flowTicks, Input},
		{"output stops", started(false, true), nil, flowTicks, Output},
		{"both stop", started(true, true), nil, flowTicks, Both},
		{"input stops alone", started(true, true), func(w *watch) { w.output.moved() }, flowTicks, Input},
		{"output stops alone", started(true, true), func(w *watch) { w.input.moved() }, flowTicks, Output},
	} {
		n, err := after(c.w, 1000, c.each)
		if err == nil || err.Kind != Stalled || err.Direction != c.way || n != c.ticks {
			t.Errorf("%s: %v after %d ticks", c.name, err, n)
		}
	}
}

func TestWatchKeepsTheBudget(t *testing.T) {
	moving := func(w *watch) { w.input.moved() }
	n, err := after(newWatch(true, false, 2*time.Second), 1000, moving)
	if err == nil || err.Kind != OverBudget || n != 20+slackTicks {
		t.Errorf("%v after %d ticks", err, n)
	}
}

func TestWatchLetsAPauseOfASecondPass(t *testing.T) {
	w := newWatch(true, false, time.Minute)
	for range 5 {
		w.input.moved()
		if n, err := after(w, 10, nil); err != nil {
			t.Fatalf("%v after %d ticks", err, n)
		}
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var last tail
	for range 100 {
		if _, err := last.Write([]byte(strings.Repeat("x", 99) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = last.Write([]byte("the end"))
	if s := last.String(); len(s) != tailSize || !strings.HasSuffix(s, "x\nthe end") {
		t.Errorf("%d bytes: ...%q", len(s), s[len(s)-20:])
	}
}
