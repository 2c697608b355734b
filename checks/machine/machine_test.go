package machine

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"linecheck/checks"
	"linecheck/report"
)

// want fails unless exactly these metrics are there, each with its unit.
func want(t *testing.T, e report.Evidence, units map[string]string) {
	t.Helper()
	has(t, e, units)
	for _, m := range e.Metrics {
		if _, ok := units[m.Key]; !ok {
			t.Errorf("%s = %v is there, want it absent", m.Key, m.Value)
		}
	}
}

// has fails unless these metrics are there, each with its unit.
func has(t *testing.T, e report.Evidence, units map[string]string) {
	t.Helper()
	for key, unit := range units {
		if m, ok := e.Metric(key); !ok || m.Unit != unit || m.Origin != report.Client {
			t.Errorf("%s = %+v (%v), want it in %s", key, m, ok, unit)
		}
	}
	if err := e.WellFormed(); err != nil {
		t.Error(err)
	}
}

// The real check on the real machine: bounds that hold for any computer.
func TestCPUOnThisMachine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	c := NewCPU(false)
	c.part = 0.4
	var stages []string
	e, _ := checks.RunOne(t.Context(), c, func(p checks.Progress) {
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
	})
	if e.Outcome != report.Measured {
		t.Fatalf("%s %s", e.Outcome, e.Reason)
	}
	units := map[string]string{
		"machine.cpu.cores.physical": "count", "machine.cpu.cores.logical": "count", "machine.cpu.frequency.hz": "Hz",
		"machine.cpu.load.ratio": "ratio", "machine.cpu.load.core.1.ratio": "ratio", "machine.cpu.missed.ratio": "ratio", "machine.cpu.missed.ratio.low": "ratio",
		"machine.cpu.programs.busy": "count", "machine.cpu.programs.busy.ratio": "ratio",
	}
	for _, score := range []string{"single", "all"} {
		for _, of := range []string{"", ".integer", ".float", ".memory", ".call", ".per-ghz"} {
			units["machine.cpu.score."+score+of] = "points"
		}
		units["machine.cpu.score."+score+".clock.hz"] = "Hz"
	}
	for _, late := range []string{"p50", "p99", "p999", "worst"} {
		units["machine.cpu.late."+late+".ms"] = "ms"
	}
	has(t, e, units)
	if e.Facts["scale"] != scale || e.Facts["model"] == "" || e.Facts[report.UnreadFact] != "" {
		t.Errorf("facts %v", e.Facts)
	}
	get := func(key string) float64 { m, _ := e.Metric("machine.cpu." + key); return float64(m.Value) }
	if p, l := get("cores.physical"), get("cores.logical"); p < 1 || p > l || l > maxCores {
		t.Errorf("%v physical and %v logical cores", p, l)
	}
	if r := get("load.ratio"); r < 0 || r > 1 {
		t.Errorf("load %v", r)
	}
	// other work on a shared machine takes its part, hence the wide bounds
	if s := get("score.single"); s < 5 || s > 20_000 {
		t.Errorf("single score %v", s)
	}
	if all, single, cores := get("score.all"), get("score.single"), get("cores.logical"); all < single/4 || all > 4*single*(cores+1) {
		t.Errorf("score of all cores %v with a single one of %v", all, single)
	}
	if p50, p99, worst := get("late.p50.ms"), get("late.p99.ms"), get("late.worst.ms"); p50 < 0 || p99 < p50 || worst < p99 || worst > 2000 {
		t.Errorf("late %v, %v, %v ms", p50, p99, worst)
	}
	// progress is told at most so often: the stage between these two may be over before its turn comes
	if len(stages) < 2 || stages[0] != "load" || stages[len(stages)-1] != "cadence" {
		t.Errorf("stages %v", stages)
	}
	goleak.VerifyNone(t, before)
}

func TestMemoryOnThisMachine(t *testing.T) {
	e, _ := checks.RunOne(t.Context(), NewMemory(), nil)
	if e.Outcome != report.Measured {
		t.Fatalf("%s %s", e.Outcome, e.Reason)
	}
	total, ok := e.Metric("machine.memory.total.bytes")
	available, ok2 := e.Metric("machine.memory.available.bytes")
	if !ok || !ok2 || available.Value <= 0 || available.Value > total.Value {
		t.Errorf("total %v (%v), available %v (%v)", total.Value, ok, available.Value, ok2)
	}
}

func TestCPUStopsAtOnce(t *testing.T) {
	for _, after := range []time.Duration{0, 100 * time.Millisecond, 650 * time.Millisecond, 700 * time.Millisecond, 1200 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			ctx, cancel := context.WithCancel(t.Context())
			var at time.Time
			time.AfterFunc(after, func() { at = time.Now(); cancel() })
			c := NewCPU(false)
			c.part = 0.2
			e, _ := checks.RunOne(ctx, c, nil)
			if late := time.Since(at); late > 500*time.Millisecond {
				t.Errorf("returned %v after the cancellation", late)
			}
			if e.Outcome != report.Canceled {
				t.Errorf("%s %s", e.Outcome, e.Reason)
			}
			if _, ok := e.Metric("machine.cpu.score.single"); ok {
				t.Error("a score of a benchmark that was broken off")
			}
			goleak.VerifyNone(t, before)
		})
	}
}

// hostile is a system whose answers are all impossible.
func hostile(n int, f float64, bytes uint64, err error) system {
	return system{
		cores:     func(context.Context, bool) (int, error) { return n, err },
		busy:      func(context.Context) ([]work, error) { return []work{{"cpu0", f, f}}, err },
		model:     func(context.Context) (string, error) { return "\x00\n \u202e", err },
		frequency: func(context.Context) (frequency, error) { return frequency{max: f, base: -f, now: f}, err },
		processes: func(context.Context) (processes, error) {
			return processes{at: time.Now(), seconds: map[int32]float64{1: f, -7: -f}}, err
		},
		name:     func(context.Context, int32) (string, error) { return "", err },
		release:  func(context.Context) (release, error) { return release{}, err },
		guest:    func(context.Context) (string, error) { return "\n", err },
		remote:   func(context.Context) (bool, error) { return false, errNone },
		screen:   func(context.Context) (int, int, error) { return n, -n, err },
		battery:  func(context.Context) (bool, error) { return false, errNone },
		saver:    func(context.Context) (bool, error) { return false, errNone },
		memory:   func(context.Context) (uint64, uint64, error) { return bytes, bytes, err },
		swap:     func(context.Context) (uint64, error) { return bytes, err },
		pressure: func(context.Context) (pressure, error) { return pressure{level: calm, stalled: -f, all: f}, err },
		disk:     func(context.Context) (uint64, error) { return bytes, err },
		slept:    func() time.Duration { return 0 },
		root:     fstest.MapFS{},
	}
}

func TestImpossibleAnswersAreAbsent(t *testing.T) {
	for name, s := range map[string]system{
		"zero":     hostile(0, 0, 0, nil),
		"negative": hostile(-4, -1, 1, nil),
		"absurd":   hostile(1<<40, math.Inf(1), math.MaxUint64, nil),
		"NaN":      hostile(5000, math.NaN(), 1<<60, nil),
		"errors":   hostile(4, 0.5, 8<<30, errors.New("does not tell")),
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := checks.RunOne(t.Context(), quick(s), nil)
			if e.Outcome != report.Measured {
				t.Errorf("%s %s", e.Outcome, e.Reason)
			}
			for _, key := range []string{"cores.physical", "cores.logical", "load.ratio", "load.core.1.ratio", "frequency.max.hz", "frequency.base.hz", "programs.busy.ratio"} {
				if m, ok := e.Metric("machine.cpu." + key); ok && m.Value != 0 {
					t.Errorf("%s = %v", key, m.Value)
				}
			}
			if e.Facts["model"] != "" {
				t.Errorf("model %q", e.Facts["model"])
			}
			if err := e.WellFormed(); err != nil {
				t.Error(err)
			}
			for _, what := range []string{"cores", "load", "model", "frequency"} {
				if known := name == "errors" || what != "cores"; known && !slices.Contains(strings.Fields(e.Facts[report.UnreadFact]), what) {
					t.Errorf("unread: %q, want %s among it", e.Facts[report.UnreadFact], what)
				}
			}
			sys := &System{cfg: SystemConfig{Table: systems(t)}, system: s, clocks: ownClocks()}
			e, _ = checks.RunOne(t.Context(), sys, nil)
			if e.Outcome != report.Measured || len(e.Metrics) > 0 || e.Facts["virtual"]+e.Facts["release"] != "" {
				t.Errorf("%s %s %v %v", e.Outcome, e.Reason, e.Metrics, e.Facts)
			}
			e, _ = checks.RunOne(t.Context(), &Memory{system: s}, nil)
			if e.Outcome != report.Unavailable || e.Reason != "machine.memory.unknown" || e.Fault != report.FaultUs {
				t.Errorf("%s %s %s", e.Outcome, e.Reason, e.Fault)
			}
			for _, m := range e.Metrics {
				if m.Key != "machine.memory.swap.used.bytes" && m.Key != "machine.disk.free.bytes" || m.Value > 1 {
					t.Errorf("%s = %v", m.Key, m.Value)
				}
			}
		})
	}
}

// A question that hangs costs its own answer and no more.
func TestSystemThatHangs(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	s := hostile(4, 0.5, 8<<30, nil)
	s.pressure = func(context.Context) (pressure, error) { return pressure{}, errNone }
	s.disk = func(context.Context) (uint64, error) { <-release; return 1, nil }
	begin := time.Now()
	e, _ := checks.RunOne(t.Context(), &Memory{system: s}, nil)
	if took := time.Since(begin); took > askTime+500*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if e.Facts[report.UnreadFact] != "disk" {
		t.Errorf("unread: %q", e.Facts[report.UnreadFact])
	}
	want(t, e, map[string]string{"machine.memory.total.bytes": "bytes", "machine.memory.available.bytes": "bytes", "machine.memory.swap.used.bytes": "bytes"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin = time.Now()
	checks.RunOne(ctx, &Memory{system: s}, nil)
	if took := time.Since(begin); took > 250*time.Millisecond {
		t.Errorf("took %v to stop", took)
	}
}

func TestContainerLimitsCount(t *testing.T) {
	s := hostile(8, 0.5, 16<<30, nil)
	s.root = fstest.MapFS{
		"proc/self/cgroup":                         {Data: []byte("0::/a/b\n")},
		"sys/fs/cgroup/a/cpu.max":                  {Data: []byte("50000 100000\n")},
		"sys/fs/cgroup/a/b/cpu.max":                {Data: []byte("max 100000\n")},
		"sys/fs/cgroup/a/memory.max":               {Data: []byte("4294967296\n")},
		"sys/fs/cgroup/a/memory.current":           {Data: []byte("3221225472\n")},
		"sys/fs/cgroup/a/memory.stat":              {Data: []byte("anon 5\ninactive_file 1073741824\n")},
		"sys/fs/cgroup/a/b/memory.max":             {Data: []byte("max\n")},
		"sys/fs/cgroup/elsewhere/cpu.max":          {Data: []byte("1 100000\n")},
		"sys/fs/cgroup/elsewhere/other/memory.max": {Data: []byte("1\n")},
	}
	e, _ := checks.RunOne(t.Context(), quick(s), nil)
	if m, _ := e.Metric("machine.cpu.cores.logical"); m.Value != 1 {
		t.Errorf("half a processor counts as %v", m.Value)
	}
	e, _ = checks.RunOne(t.Context(), &Memory{system: s}, nil)
	total, _ := e.Metric("machine.memory.total.bytes")
	left, _ := e.Metric("machine.memory.available.bytes")
	if total.Value != 4<<30 || left.Value != 2<<30 {
		t.Errorf("total %v and available %v, want 4 GiB and 2 GiB", total.Value, left.Value)
	}
}

func TestMissedRatio(t *testing.T) {
	if got := missedRatio([]float64{0, 9.9, 10, 10.1, 50}); got != 0.4 {
		t.Errorf("missedRatio = %v, want 2 of 5", got)
	}
}

// An idle thread on a machine that is not loaded by us is punctual for the most part.
// beating records turns of 25 beats of which so many came too late.
type beating []int

func (beating) Spec() checks.Spec { return checks.Spec{ID: CPUCheck, Timeout: time.Second} }

func (b beating) Run(_ context.Context, rec *checks.Recorder) error {
	var late, missed []float64
	for _, n := range b {
		turn := make([]float64, 25)
		for i := range n {
			turn[i] = 30
		}
		late, missed = append(late, turn...), append(missed, missedRatio(turn))
	}
	punctual(rec, late, missed)
	return nil
}

// One stall makes three beats late, and is nothing to judge by; a computer that is late in every turn is.
func TestOneStallIsNoVerdict(t *testing.T) {
	for _, c := range []struct {
		turns    beating
		low, top float64
	}{
		{beating{0, 0, 3, 0, 0, 0, 0, 0}, 0, 0},
		{beating{0, 0, 2, 0, 0, 0, 1, 0}, 0, 0},
		{beating{0, 0, 0, 0, 0, 0, 0, 0}, 0, 0},
		{beating{2, 1, 3, 2, 1, 2, 1, 2}, 0.01, 0.07},
	} {
		e, _ := checks.RunOne(t.Context(), c.turns, nil)
		m, ok := e.Metric("machine.cpu.missed.ratio.low")
		if low := float64(m.Value); !ok || low < c.low || low > c.top {
			t.Errorf("%v: at least %v, want %v to %v", c.turns, low, c.low, c.top)
		}
	}
}

func TestBeats(t *testing.T) {
	late, err := beats(t.Context(), 25)
	if err != nil || len(late) != 25 {
		t.Fatalf("%d beats, %v", len(late), err)
	}
	slices.Sort(late)
	if late[0] < 0 || late[12] > 100 {
		t.Errorf("median lateness %v ms, earliest %v ms", late[12], late[0])
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Intel(R) Core(TM)  i7-8550U CPU @ 1.80GHz ": "Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz",
		"a\x00b\tc\r\nd\u202e\xff":                   "ab c d",
		"   ":                                        "",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	long := clean(string(make([]byte, 10)) + "é" + string(slices.Repeat([]byte("x"), 500)))
	if n := len([]rune(long)); n != 80 {
		t.Errorf("%d characters of a long name", n)
	}
}

// systems is the program's own table.
func systems(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../assets/systems.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
