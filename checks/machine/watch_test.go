package machine

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/strict"
)

func TestHeavy(t *testing.T) {
	begin := time.Now()
	before := processes{at: begin, seconds: map[int32]float64{1: 100, 2: 50, 3: 7, 4: 0, 5: 90}}
	after := processes{at: begin.Add(3 * time.Second), seconds: map[int32]float64{
		1: 102.4, // 80 % of a core
		2: 50.29, // just below a tenth
		3: 7,
		5: 1.5, // another process of the same number, 50 %
		6: 6,   // a new one, on two cores
		7: 1e9, // nonsense
		8: -4,
	}}
	var got []int32
	for _, h := range heavy(before, after) {
		got = append(got, h.pid)
	}
	if want := []int32{6, 1, 5}; !slices.Equal(got, want) {
		t.Errorf("heavy are %v, want %v", got, want)
	}
	if got := heavy(after, before); got != nil {
		t.Errorf("time that runs backwards: %v", got)
	}
}

// burn keeps one core busy with a program of that name.
func burn(t *testing.T, name string) {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to keep a core busy with")
	}
	link := t.TempDir() + "/" + name
	if err := os.Symlink(shell, link); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(link, "-c", "while :; do :; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// A busy program is seen and named to the person, and to nobody else.
func TestBusyProgramIsNamed(t *testing.T) {
	burn(t, "secretgame")
	time.Sleep(100 * time.Millisecond)
	c := NewCPU(false)
	c.part = 0.2
	var live []report.Metric
	var got checks.Event
	r := &checks.Runner{Emit: func(e checks.Event) {
		if len(e.Progress.Live) > 0 {
			live = e.Progress.Live
		}
		if e.Type == checks.EventFinished {
			got = e
		}
	}}
	r.Run(t.Context(), []checks.Check{c})
	names := strings.Join(got.Private["programs"], ", ")
	if !strings.Contains(names, "secretgame (") {
		t.Errorf("busy programs: %s", names)
	}
	count, ok := got.Evidence.Metric("machine.cpu.programs.busy")
	share, ok2 := got.Evidence.Metric("machine.cpu.programs.busy.ratio")
	if !ok || !ok2 || count.Value < 1 || share.Value <= 0.05 || share.Value > 1 {
		t.Errorf("%v programs take %v", count, share)
	}
	text, err := strict.Encode(got.Evidence)
	if err != nil || strings.Contains(string(text), "secretgame") {
		t.Errorf("the report names a program (%v)", err)
	}
	if len(live) < 2 || live[0].Key != "machine.cpu.load.ratio" || live[1].Key != "machine.cpu.load.core.1.ratio" {
		t.Errorf("values of the moment: %v", live)
	}
}

// A suspended computer, and one that was stopped for a while, have no figures of punctuality.
func TestSleepIsNoticed(t *testing.T) {
	s := hostile(4, 0.5, 8<<30, nil)
	asked := 0
	s.slept = func() time.Duration { asked++; return time.Duration(asked-1) * 20 * time.Minute }
	e, _ := checks.RunOne(t.Context(), quick(s), nil)
	if e.Outcome != report.Unavailable || e.Reason != "machine.cpu.interrupted" || e.Fault != report.FaultYou {
		t.Errorf("%s %s %s", e.Outcome, e.Reason, e.Fault)
	}
	for _, key := range []string{"missed.ratio", "late.p99.ms", "score.all"} {
		if m, ok := e.Metric("machine.cpu." + key); ok {
			t.Errorf("%s = %v across a sleep", key, m.Value)
		}
	}
}

func TestSleepOfThisMachine(t *testing.T) {
	before := slept()
	time.Sleep(50 * time.Millisecond)
	if d := slept() - before; d < -awake || d > awake {
		t.Errorf("slept %v while awake", d)
	}
}

// Progress goes up, through every stage, to nearly the end.
func TestProgressOfTheProcessor(t *testing.T) {
	last := -1.0
	checks.RunOne(t.Context(), quick(hostile(4, 0.5, 8<<30, nil)), func(p checks.Progress) {
		if p.Fraction < last-1e-9 || p.Fraction > 1 {
			t.Errorf("%s: %v after %v", p.Stage, p.Fraction, last)
		}
		last = max(last, p.Fraction)
	})
	if last < 0.8 {
		t.Errorf("it ended at %v", last)
	}
}

// Both forms keep the time that they say.
func TestLengths(t *testing.T) {
	short, long := NewCPU(false).Spec(), NewCPU(true).Spec()
	if short.Typical > 10*time.Second || long.Typical < time.Minute || !short.Fans || !long.Fans {
		t.Errorf("short %+v, long %+v", short, long)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e, _ := checks.RunOne(ctx, NewCPU(true), nil); e.Outcome != report.Canceled {
		t.Errorf("%s", e.Outcome)
	}
}
