//go:build linux

package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"testing"

	"linecheck/checks/testnet"
	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/internal/wiring"
)

var built = progtest.Of("linecheck-support", "linecheck-recruiter", "internal/faultbench")

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "fake" {
		main()
		return
	}
	built.Main(m)
}

// quick are faults of each kind that take few seconds.
func quick() []string {
	return []string{
		"no default route", "dead resolver", "resolver lies, nobody there", "server's name unknown", "captive portal by redirection", "proxy with log-in",
		"TLS read along", "TLS broken off", "everything turned down", "IPv6 leads nowhere", "IPv6 alone", "server hangs", "server fails behind its gateway",
		"UDP dropped", "only 443, the rest dropped", "UDP limited to 10 packets a second", "large packets vanish", "muted microphone", "no microphone", "disk without any room", "read-only home", "clock a day behind",
		"slow resolver + UDP dropped",
	}
}

// A fault of each kind is made for real, and named first; a computer without one is left in peace.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("injects faults for a minute; left out with -short")
	}
	if _, err := built.Paths(); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"nft", "script", "pactl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	w, err := newWorld(t.Context(), built.Dir)
	if w != nil {
		defer w.close()
	}
	if errors.Is(err, testnet.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	words, err := wiring.Messages("en")
	if err != nil {
		t.Fatal(err)
	}
	left := quick()
	for _, f := range faults() {
		i := slices.Index(left, f.name)
		if i < 0 {
			continue
		}
		left = slices.Delete(left, i, i+1)
		if f.symptom == "computer" || f.symptom == "calls" {
			f.symptom = "offline" // the disk is seen at once, and calls take long
		}
		r := w.try(t.Context(), f)
		if !r.right() || !r.fair() || len(r.beside) > 0 {
			t.Errorf("%s: %q, blamed %s, beside %v, %v; want %v of %s", f.name, r.cause, r.blamed, r.beside, r.err, f.causes, f.blame)
		}
		if a, ok := words.Find(r.cause); r.cause != "" && (!ok || a.Action == "" || a.Why == "") {
			t.Errorf("%s has no advice", r.cause)
		}
		t.Logf("%s: %s after %v", f.name, r.cause, r.took)
	}
	if len(left) > 0 {
		t.Errorf("there are no such faults: %v", left)
	}
	if r := w.try(t.Context(), well(0)); r.cause != "" || r.err != nil {
		t.Errorf("false alarm: %s %v", r.cause, r.err)
	}
}

// The bench injects as many faults as it is for, each under a name of its own, and
// every cause that it wants named has its texts.
func TestTheBenchIsWhole(t *testing.T) {
	words, err := wiring.Messages("en")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	single, pairs := 0, 0
	for _, f := range faults() {
		if names[f.name] {
			t.Errorf("%q stands twice", f.name)
		}
		names[f.name] = true
		if f.pair {
			pairs++
		} else {
			single++
		}
		for _, c := range append(slices.Clone(f.causes), f.note) {
			if _, ok := words.Find(c); c != "" && !ok {
				t.Errorf("%s: %s has no texts", f.name, c)
			}
		}
	}
	if single < 60 || pairs < 15 {
		t.Errorf("%d faults alone and %d pairs", single, pairs)
	}
}
