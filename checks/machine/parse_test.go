package machine

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

func TestParseCPUMax(t *testing.T) {
	for text, want := range map[string]float64{
		"150000 100000\n": 1.5, "100000 100000": 1, "5000 100000": 0.05, "3200000 100000\n": 32,
		"max 100000\n": 0, "": 0, "100000": 0, "-1 100000": 0, "1 0": 0, "0 1": 0, "1e5 1e5": 0, "1 2 3": 0, "0x10 16": 0,
		"99999999999999999999 1": 0,
	} {
		got, limited := parseCPUMax(text)
		if got != want || limited != (want > 0) {
			t.Errorf("parseCPUMax(%q) = %v, %v; want %v", text, got, limited, want)
		}
	}
}

func TestParseMembership(t *testing.T) {
	for text, want := range map[string]string{
		"0::/\n":                      "/",
		"0::/user.slice/a\n":          "/user.slice/a",
		"12:cpu:/x\n0::/y":            "/y",
		"0::/../../etc\n":             "/etc", // stays below the mount
		"0::relative\n":               "",
		"1:name=systemd:/z\n":         "",
		"":                            "",
		"0::/a//b/\n0::/second\n":     "/a/b",
		"0::/with space and: colon\n": "/with space and: colon",
	} {
		got, ok := parseMembership(text)
		if got != want || ok != (want != "") {
			t.Errorf("parseMembership(%q) = %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	group := func(files map[string]string) fstest.MapFS {
		fs := fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/a\n")}}
		for name, text := range files {
			fs["sys/fs/cgroup/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		return fs
	}
	tests := []struct {
		name        string
		fs          fstest.MapFS
		total, left float64
		ok          bool
	}{
		{"none", group(nil), 0, 0, false},
		{"unlimited", group(map[string]string{"a/memory.max": "max\n"}), 0, 0, false},
		{"limited", group(map[string]string{"a/memory.max": "1000\n", "a/memory.current": "700\n"}), 1000, 300, true},
		{"cache can go", group(map[string]string{"a/memory.max": "1000", "a/memory.current": "700", "a/memory.stat": "file 600\ninactive_file 500\n"}), 1000, 800, true},
		{"more used than allowed", group(map[string]string{"a/memory.max": "1000", "a/memory.current": "1200"}), 1000, 0, true},
		{"more cache than used", group(map[string]string{"a/memory.max": "1000", "a/memory.current": "10", "a/memory.stat": "inactive_file 500\n"}), 1000, 1000, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			total, left, ok := memoryLimit(tt.fs)
			if ok != tt.ok || ok && (total != tt.total || left != tt.left) {
				t.Errorf("memoryLimit() = %v, %v, %v; want %v, %v, %v", total, left, ok, tt.total, tt.left, tt.ok)
			}
		})
	}
}

func TestReadIsBounded(t *testing.T) {
	fs := fstest.MapFS{"big": {Data: make([]byte, maxFile+1)}, "small": {Data: []byte("x")}}
	if got := read(fs, "big"); got != "" {
		t.Errorf("%d bytes of a file too large", len(got))
	}
	if got := read(fs, "small"); got != "x" {
		t.Errorf("read %q", got)
	}
	if got := read(fs, "../../etc/passwd"); got != "" {
		t.Errorf("read %q from outside", got)
	}
}

func TestAsk(t *testing.T) {
	if got, ok := ask(t.Context(), func(context.Context) (int, error) { return 7, nil }); !ok || got != 7 {
		t.Errorf("ask = %v, %v", got, ok)
	}
	if _, ok := ask(t.Context(), func(context.Context) (int, error) { return 7, errors.New("no") }); ok {
		t.Error("an error counts as an answer")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, ok := ask(ctx, func(ctx context.Context) (int, error) { <-ctx.Done(); time.Sleep(10 * time.Millisecond); return 7, nil })
	if ok || time.Since(begin) > time.Second {
		t.Errorf("a question that outlives its context: %v after %v", ok, time.Since(begin))
	}
}

func TestLoadRatio(t *testing.T) {
	tests := []struct {
		name                       string
		busy0, total0, busy1, all1 float64
		want                       float64 // below 0: absent
	}{
		{"a quarter", 100, 1000, 101, 1004, 0.25},
		{"idle", 100, 1000, 100, 1004, 0},
		{"all", 100, 1000, 104, 1004, 1},
		{"clock stands still", 100, 1000, 100, 1000, -1},
		{"counts backwards", 100, 1000, 99, 1004, -1},
		{"busier than there is", 100, 1000, 110, 1004, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := hostile(4, 0, 0, nil)
			calls := 0
			s.busy = func(context.Context) (float64, float64, error) {
				if calls++; calls == 1 {
					return tt.busy0, tt.total0, nil
				}
				return tt.busy1, tt.all1, nil
			}
			m, ok := cpuOf(t, s).Metric("machine.cpu.load.ratio")
			if ok != (tt.want >= 0) || ok && float64(m.Value) != tt.want {
				t.Errorf("load = %v (%v), want %v", m.Value, ok, tt.want)
			}
		})
	}
}

// A suspended computer is told from a slow one.
func TestMissedIsBelowAsleep(t *testing.T) {
	if !(missed < beat && beat < asleep) {
		t.Errorf("missed %v, beat %v, asleep %v", missed, beat, asleep)
	}
	if got := missedRatio([]float64{1, 2, 3}); got != 0 {
		t.Errorf("punctual beats miss %v", got)
	}
}

// cpuOf is the evidence of the quick check of that system.
func cpuOf(t *testing.T, s system) report.Evidence {
	t.Helper()
	e, _ := checks.RunOne(t.Context(), &CPU{system: s, part: 0.03}, nil)
	if e.Outcome != report.Measured {
		t.Fatalf("%s %s", e.Outcome, e.Reason)
	}
	return e
}
