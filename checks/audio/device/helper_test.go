package device_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/audio/device"
	"linecheck/checks/audio/internal/lab"
)

// ramp is a sound whose every sample can be told from every other.
func ramp(rate int) []float32 {
	out := make([]float32, 2*rate)
	for i := range out {
		out[i] = float32(i) / float32(len(out))
	}
	return out
}

func TestList(t *testing.T) {
	t.Parallel()
	all, err := fake("good").List(t.Context())
	want := []device.Device{{Name: "fake", API: "Fake", Inputs: 1, Outputs: 2}}
	if diff := cmp.Diff(want, all); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestRunPlaysAndRecords(t *testing.T) {
	t.Parallel()
	var got []float32
	var opened device.Result
	r := device.Request{Capture: true, Length: time.Second, Play: ramp, Opened: func(r device.Result) { opened = r }}
	res, err := fake("good").Run(t.Context(), r, func(in []float32) { got = append(got, in...) })
	if err != nil {
		t.Fatal(err)
	}
	var want []float32
	for i, v := range ramp(48000) { // made at the rate that was opened
		if i%2 == 0 {
			want = append(want, v)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("the sound changed on its way")
	}
	rates := device.Result{InputRate: 16000, OutputRate: 48000, InputAPI: "Fake", OutputAPI: "Fake"}
	if diff := cmp.Diff(rates, opened); diff != "" {
		t.Error(diff)
	}
	rates.Played, rates.Recorded, rates.Dropped, rates.Breaks = 48000, 48000, 3, 2
	if diff := cmp.Diff(rates, res); diff != "" {
		t.Error(diff)
	}
}

func TestRunRefusesNonsense(t *testing.T) {
	for _, r := range []device.Request{{}, {Capture: true, Length: device.MaxLength + 1}, {Capture: true, Length: -1}} {
		if _, err := fake("good").Run(t.Context(), r, nil); err == nil {
			t.Errorf("%+v was run", r)
		}
	}
}

func TestWhatCanGoWrong(t *testing.T) {
	for _, c := range []struct {
		fake string
		list bool
		kind device.Kind
		way  device.Direction
		most time.Duration
		slow bool
	}{
		{fake: "silent", list: true, kind: device.Crashed, most: 6 * time.Second, slow: true},
		{fake: "hangs", list: true, kind: device.Stalled, most: 3 * time.Second},
		{fake: "dies", list: true, kind: device.Crashed, most: time.Second},
		{fake: "chatty", list: true, kind: device.Crashed, most: time.Second},
		{fake: "senseless", list: true, kind: device.Crashed, most: time.Second},
		{fake: "unbuilt", list: true, kind: device.Missing, most: time.Second},
		{fake: "dies in the middle", kind: device.Crashed, most: time.Second},
		{fake: "stalls", kind: device.Stalled, most: 3 * time.Second},
		{fake: "input stalls", kind: device.Stalled, way: device.Input, most: 3 * time.Second},
		{fake: "unplugged", kind: device.Gone, most: 3 * time.Second},
	} {
		t.Run(c.fake, func(t *testing.T) {
			t.Parallel()
			if c.slow && testing.Short() {
				t.Skip("takes five seconds: not in short mode")
			}
			begin := time.Now()
			h := fake(c.fake)
			h.Env = append(h.Env, lab.Mark(t))
			var err error
			if c.list {
				_, err = h.List(t.Context())
			} else {
				_, err = h.Run(t.Context(), device.Request{Capture: true, Length: time.Second, Play: ramp}, nil)
			}
			var e *device.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Direction != c.way {
				t.Errorf("got %v, want %s %s", err, c.way, c.kind)
			}
			lab.NoneLeft(t)
			// A busy machine may take five times as long.
			if took := time.Since(begin); took > 5*c.most {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestLastWordsGoToTheLogAlone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := fake("dies")
	h.Log = &log
	_, err := h.List(t.Context())
	var e *device.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if len(e.Stderr) != 4096 || !strings.HasSuffix(e.Stderr, "assertion failed") {
		t.Errorf("%d bytes: %q", len(e.Stderr), e.Stderr)
	}
	if !strings.Contains(log.String(), "assertion failed") || strings.Contains(err.Error(), "assertion") {
		t.Errorf("log %q, error %q", log.String(), err)
	}
}

func TestMissing(t *testing.T) {
	for _, command := range [][]string{nil, {t.TempDir() + "/nothing"}, {t.TempDir()}} {
		if _, err := (device.Helper{Command: command}).List(t.Context()); !device.Is(err, device.Missing) {
			t.Errorf("%q: %v", command, err)
		}
	}
}

func TestContextEndsARun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := fake("hangs").List(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	if _, err := fake("good").Run(ctx, device.Request{Play: ramp}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an ended context ran: %v", err)
	}
}

// A helper that is done but does not go is killed; its answer counts.
func TestOneThatLingers(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	h := fake("lingers")
	h.Env = append(h.Env, lab.Mark(t))
	all, err := h.List(t.Context())
	if err != nil || len(all) != 1 {
		t.Error(all, err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	lab.NoneLeft(t)
}

// A sound system that leaves one client waiting is asked again by another.
func TestOneThatHangsGetsARival(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(device.Helper) error{
		"list": func(h device.Helper) error { _, err := h.List(t.Context()); return err },
		"run": func(h device.Helper) error {
			_, err := h.Run(t.Context(), device.Request{Capture: true, Length: time.Second, Play: ramp}, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := fake("hangs once")
			h.Env = append(h.Env, lab.Mark(t), onceEnv+"="+t.TempDir()+"/mark")
			if err := ask(h); err != nil {
				t.Error(err)
			}
			lab.NoneLeft(t)
		})
	}
}

// While the system asks a person, they are waited for, and are not asked again by a rival.
func TestAPersonWhoIsAskedIsWaitedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("takes three seconds: not in short mode")
	}
	t.Parallel()
	h := fake("asks")
	h.Env = append(h.Env, lab.Mark(t), onceEnv+"="+t.TempDir()+"/mark")
	res, err := h.Run(t.Context(), device.Request{Capture: true, Length: time.Second, Play: ramp}, nil)
	if err != nil || res.Recorded == 0 {
		t.Errorf("%d recorded, %v", res.Recorded, err)
	}
	lab.NoneLeft(t)
}

func TestWaitingForAPersonCanBeCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	h := fake("asks for ever")
	h.Env = append(h.Env, lab.Mark(t))
	begin := time.Now()
	_, err := h.Run(ctx, device.Request{Capture: true, Length: time.Second}, nil)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	lab.NoneLeft(t)
}
