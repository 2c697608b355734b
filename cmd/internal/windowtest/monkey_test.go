package windowtest

import (
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/xvfb"
)

// monkeyTime is how long the monkey plays in the tests; LINECHECK_MONKEY says otherwise, as "10m".
const monkeyTime = 20 * time.Second

const (
	// settled is how long a run must be for its memory to be compared with itself.
	settled = 8 * time.Minute
	// largest is the memory in kB beyond which something is wrong in any run.
	largest = 700 << 10
)

// A monkey clicks and types at random: the program neither ends by itself nor says
// anything of a panic or a wrong goroutine, and its memory does not grow.
func TestAMonkey(t *testing.T) {
	w := newWorld(t)
	length := monkeyTime
	if s := os.Getenv("LINECHECK_MONKEY"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, seed))
	invite := w.invite("--legal-name", "--runs", "100", "--policy", w.quick())
	w.open(invite)
	w.until("the window", 20*time.Second, func() bool { return w.screen.Viewable("Linecheck") })
	begin := time.Now()
	var early, late, most int // in kB
	acts, closed := 0, 0
	for time.Since(begin) < length {
		w.act(dice)
		acts++
		if ended(w) { // it pressed "Close", or the window manager's button
			closed++
			w.kill()
			w.open(invite)
			w.until("the window", 20*time.Second, func() bool { return w.screen.Viewable("Linecheck") })
			continue
		}
		if acts%20 == 0 {
			rss := w.resident()
			most = max(most, rss)
			switch part := time.Since(begin) * 4 / length; {
			case part == 1:
				early = max(early, rss)
			case part == 3:
				late = max(late, rss)
			}
		}
	}
	t.Logf("%d acts in %v, closed %d times; at most %d MB, in the second quarter %d, in the last %d", acts, length, closed, most>>10, early>>10, late>>10)
	// Fyne keeps each painted text for up to a minute and a half, so memory rises at first.
	if length >= settled && late > early+early/4 {
		t.Errorf("memory grows: %d MB in the second quarter, %d in the last", early>>10, late>>10)
	}
	if most > largest {
		t.Errorf("%d MB", most>>10)
	}
	if acts < int(length.Seconds()) {
		t.Errorf("only %d acts: the window is slow", acts)
	}
}

// act is one thing that a monkey does.
func (w *world) act(dice *rand.Rand) {
	keys := []string{"Tab", "shift+Tab", "space", "Return", "Escape", "Down", "Up", "Next", "Prior", "End", "Home", "BackSpace", "ctrl+a", "ctrl+v", "ctrl+c"}
	switch n := dice.IntN(10); {
	case n < 4:
		w.screen.Click(w.t, image.Pt(140+dice.IntN(xvfb.Width-280), 120+dice.IntN(xvfb.Height-180)))
	case n < 5:
		if at, ok := w.button(); ok { // on the way, or it would stay on the first screen
			w.screen.Click(w.t, at)
		}
	case n < 9:
		w.screen.Key(w.t, keys[dice.IntN(len(keys))], keys[dice.IntN(len(keys))])
	default:
		w.screen.Type(w.t, []string{"Ada", "12", "linecheck://invite/xyz", "ünï ", "\"<>%s"}[dice.IntN(5)])
	}
}

// ended says whether the program is no more.
func ended(w *world) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.cmd.Process.Pid))
	return err != nil || strings.Contains(string(data), ") Z ")
}

// resident is the program's memory, in kB.
func (w *world) resident() (kb int) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	_, _ = fmt.Sscan(rest, &kb)
	return kb
}
