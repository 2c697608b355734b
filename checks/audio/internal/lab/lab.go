// Package lab is what tests need to run the real sound library on virtual cards:
// a server that skips the test where it cannot be had, the test binary itself
// as the audio helper, and a look at which helpers are alive. Only tests import
// it; what a test expects does not come in here.
package lab

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/portaudio"
	"linecheck/checks/audio/virtual"
)

// helperEnv makes the test binary the audio helper.
const helperEnv = "LINECHECK_TEST_AUDIO_HELPER"

// together is how many tests run at once at least: they wait for sound most of their time.
const together = 6

// Main is the TestMain of a package whose test binary is its own audio helper. It
// returns the exit code.
func Main(m *testing.M) int {
	if os.Getenv(helperEnv) == "" {
		flag.Parse()
		if err := flag.Set("test.parallel", strconv.Itoa(max(together, runtime.GOMAXPROCS(0)))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}
	if err := portaudio.Serve(context.Background(), os.Stdin, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// Cards starts virtual cards and ends them with the test. It skips the test in short
// mode, where PulseAudio is missing, and where the sound library is not built in.
func Cards(t *testing.T, o virtual.Options) *virtual.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a sound server: not in short mode")
	}
	if !portaudio.Built {
		t.Skip("built without cgo: there is no sound library in this binary")
	}
	s, err := virtual.Start(t.Context(), "", o)
	if errors.Is(err, virtual.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Helper is this test binary as the audio helper that sees the cards of that view.
func Helper(t *testing.T, s *virtual.Server, v virtual.View) device.Helper {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The race detector would let every helper sleep for a second before it goes.
	env := append(os.Environ(), helperEnv+"=1", Mark(t), "GORACE=atexit_sleep_ms=0")
	return device.Helper{Command: []string{self}, Env: append(env, s.Env(v)...), Log: t.Output()}
}

// Mark is what to put into a helper's environment so that [Helpers] knows it as this test's.
func Mark(t *testing.T) string { return "LINECHECK_TEST_MARK=" + t.Name() }

// Helpers are the process ids of this test's living helpers; where the system has no
// /proc, none are seen.
func Helpers(t *testing.T) []int {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, name := range all {
		env, err := os.ReadFile(name) // empty for one that is dead and waits to be reaped
		if err != nil || !bytes.Contains(env, []byte(Mark(t)+"\x00")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// NoneLeft fails the test where one of its helpers outlives it.
func NoneLeft(t *testing.T) {
	t.Helper()
	for range 20 {
		if len(Helpers(t)) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("helpers left behind: %v", Helpers(t))
}

// Stopwatch counts the time that this process was really given: while the whole machine
// stands still, as virtual ones do, nobody can keep a promise. It returns how to read it.
func Stopwatch(t *testing.T) (elapsed func() time.Duration) {
	t.Helper()
	const step = 20 * time.Millisecond
	var steps atomic.Int64
	go func() {
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				steps.Add(1)
			case <-t.Context().Done():
				return
			}
		}
	}()
	return func() time.Duration { return time.Duration(steps.Load()) * step }
}
