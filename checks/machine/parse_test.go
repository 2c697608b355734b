package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
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
		got, ok := parseMembership(text, "")
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
	yes := func(int) bool { return true }
	q := newQuestions(t.Context())
	if got, ok := ask(q, "a", func(context.Context) (int, error) { return 7, nil }, yes); !ok || got != 7 {
		t.Errorf("ask = %v, %v", got, ok)
	}
	for name, question := range map[string]func(context.Context) (int, error){
		"none":    func(context.Context) (int, error) { return 7, fmt.Errorf("no: %w", errNone) },
		"missing": func(context.Context) (int, error) { _, err := os.Open("/nowhere/at/all"); return 7, err },
	} {
		if got, ok := ask(q, name, question, yes); ok || got != 0 {
			t.Errorf("%s counts as an answer", name)
		}
	}
	if len(q.unread) > 0 {
		t.Errorf("what there is not is called unread: %v", q.unread)
	}
	for name, question := range map[string]func(context.Context) (int, error){
		"error":      func(context.Context) (int, error) { return 7, errors.New("no") },
		"panic":      func(context.Context) (int, error) { panic("no") },
		"impossible": func(context.Context) (int, error) { return -1, nil },
		"late":       func(ctx context.Context) (int, error) { <-ctx.Done(); return 7, ctx.Err() },
	} {
		if _, ok := ask(q, name, question, func(n int) bool { return n > 0 }); ok || !slices.Contains(q.unread, name) {
			t.Errorf("%s: an answer (%v), unread %v", name, ok, q.unread)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	begin := time.Now()
	q = newQuestions(ctx)
	_, ok := ask(q, "x", func(ctx context.Context) (int, error) { <-ctx.Done(); time.Sleep(10 * time.Millisecond); return 7, nil }, yes)
	if ok || time.Since(begin) > time.Second || len(q.unread) > 0 {
		t.Errorf("a question that outlives its context: %v after %v", ok, time.Since(begin))
	}
}

func TestLoadRatio(t *testing.T) {
	tests := []struct {
		name          string
		before, after []work
		want          []float64 // of all together, then of each
	}{
		{"a quarter", []work{{"cpu0", 100, 1000}}, []work{{"cpu0", 101, 1004}}, []float64{0.25, 0.25}},
		{"idle", []work{{"cpu0", 100, 1000}}, []work{{"cpu0", 100, 1004}}, []float64{0, 0}},
		{"two", []work{{"cpu0", 1, 10}, {"cpu1", 5, 10}}, []work{{"cpu0", 5, 14}, {"cpu1", 5, 14}}, []float64{0.5, 1, 0}},
		{"one went away", []work{{"cpu0", 1, 10}, {"cpu1", 5, 10}}, []work{{"cpu1", 6, 14}}, []float64{0.25, 0.25}},
		{"clock stands still", []work{{"cpu0", 100, 1000}}, []work{{"cpu0", 100, 1000}}, nil},
		{"counts backwards", []work{{"cpu0", 100, 1000}}, []work{{"cpu0", 99, 1004}}, nil},
		{"one is nonsense", []work{{"cpu0", 1, 10}, {"cpu1", 5, 10}}, []work{{"cpu0", 3, 14}, {"cpu1", 500, 14}}, []float64{0.5, 0.5}},
		{"idle time taken back", []work{{"cpu0", 100, 1000}}, []work{{"cpu0", 100.25, 1000.24}}, []float64{1, 1}},
		{"not a number", []work{{"cpu0", math.NaN(), math.NaN()}}, []work{{"cpu0", math.Inf(1), math.Inf(1)}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []float64
			for i, m := range loads(tt.before, tt.after) {
				got = append(got, float64(m.Value))
				if i == 0 && m.Key != "machine.cpu.load.ratio" {
					t.Errorf("first comes %s", m.Key)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("loads = %v, want %v", got, tt.want)
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

// quick is the short check of that system.
func quick(s system) *CPU { return &CPU{system: s, all: allTime, part: 0.05} }

// Everything that may not be readable has words for it.
func TestWhatIsUnreadHasWords(t *testing.T) {
	words, err := os.ReadFile("../../assets/locale/en.json")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`(?:ask\(q, |q\.miss\(|yesNo\()"([a-z]+)"`)
	found := map[string]bool{}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range asked.FindAllSubmatch(text, -1) {
			found[string(m[1])] = true
		}
	}
	if len(found) < 14 {
		t.Errorf("only %v are asked", found)
	}
	for what := range found {
		if !bytes.Contains(words, []byte(`"unread.`+what+`": `)) {
			t.Errorf("unread.%s has no words", what)
		}
	}
}
