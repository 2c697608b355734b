//go:build linux

package main

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"linecheck/checks/testnet"
)

// programs builds what the bench runs.
func programs(t *testing.T) (bin string) {
	t.Helper()
	bin = t.TempDir()
	for _, name := range []string{"linecheck-support", "linecheck-recruiter"} {
		build := exec.Command("go", "build", "-o", filepath.Join(bin, name), "linecheck/cmd/"+name)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s = %.2f, want %.2f", what, got, want)
	}
}

// The programs themselves over an emulated line: a bad one, one that pauses, and a quick answer.
func TestSpeedOverALine(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute and needs root")
	}
	bin := programs(t)
	const ms = time.Millisecond
	lossy := line{Line: testnet.Symmetric(20, 5, 40*ms, 0.01, 100*ms)}
	good := testnet.Symmetric(40, 10, 30*ms, 0, 100*ms)
	away := line{Line: good, changes: []change{{3000 * ms, testnet.Symmetric(40, 10, 30*ms, 1, 100*ms)}, {5000 * ms, good}}}
	run := func(peer string, l line) result {
		r, err := measure(t.Context(), bin, peer, l, 1)
		if errors.Is(err, testnet.ErrUnavailable) {
			t.Skipf("no emulated line here: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := run("linecheck", lossy)
	near(t, "download", r.figures["down"], lossy.Down.Goodput(), 0.08)
	near(t, "upload", r.figures["up"], lossy.Up.Goodput(), 0.08)
	near(t, "download as acknowledged", r.figures["acked"], lossy.Down.Goodput(), 0.15)
	near(t, "idle latency", r.figures["idle"], 40, 0.05)
	if loss := r.figures["loss"]; loss > 0.04 || r.facts["steady.download"] != "yes" {
		t.Errorf("loss %v, facts %v", loss, r.facts)
	}

	r = run("linecheck", away)
	if r.facts["steady.download"] != "no" || r.figures["pause"] < 1500 || r.figures["pause"] > 4000 {
		t.Errorf("a line that was away for two seconds: %v, pause %v ms", r.facts, r.figures["pause"])
	}
	near(t, "before", r.figures["before"], away.Down.Goodput(), 0.15)

	if r = run("linecheck-quick", line{Line: good}); r.seconds > 4 || r.facts["form"] != "quick" {
		t.Errorf("a quick answer took %.1f s, %v", r.seconds, r.facts)
	}
}
