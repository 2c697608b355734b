package machine

import (
	"errors"
	"math"
	"math/cmplx"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// The work is real: each kind gives the right result.
func TestWorkIsRight(t *testing.T) {
	w, err := newWorker(7, newAreas())
	if err != nil {
		t.Fatal(err)
	}
	w.do(integer)
	if !slices.IsSorted(w.numbers) || w.numbers[0] == w.numbers[sortNumbers-1] {
		t.Error("the numbers are not sorted")
	}
	w.do(float)
	for _, k := range []int{0, 1, 60, 61, 511, 1023} { // against the definition
		var sum complex128
		for i, v := range w.wave {
			sum += v * cmplx.Rect(1, -2*math.Pi*float64(k*i%fourierSize)/fourierSize)
		}
		if cmplx.Abs(sum-w.spectrum[k]) > 1e-8 {
			t.Errorf("transform at %d = %v, want %v", k, w.spectrum[k], sum)
		}
	}
	at := w.at
	if w.do(memory); w.at != at+pieceBytes {
		t.Errorf("the memory was read from %d to %d", at, w.at)
	}
	w.do(call)
	if len(w.phone.sealed) != payloadBytes+w.phone.aead.Overhead() || w.phone.text.Len() < 300 || slices.Max(w.phone.payload) == 0 {
		t.Errorf("%d bytes sealed, %d of a message", len(w.phone.sealed), w.phone.text.Len())
	}
	if got := add(0); got != fibonacci(additions+1) {
		t.Errorf("%d additions make %d", additions, got)
	}
	if !w.right {
		t.Error("right work is called wrong")
	}
}

// fibonacci is the number of that rank, without its carries.
func fibonacci(n int) uint64 {
	a, b := uint64(0), uint64(1)
	for range n - 1 {
		a, b = b, a+b
	}
	return b
}

// Work that comes out wrong is noticed: nobody can leave it out.
func TestWrongWorkIsNoticed(t *testing.T) {
	g, err := crew(1, newAreas())
	if err != nil {
		t.Fatal(err)
	}
	g[0].areas.b[g[0].at+77]++
	if _, err := g.run(t.Context(), 20*time.Millisecond); !errors.Is(err, errWork) {
		t.Errorf("%v", err)
	}
}

// steady is a worker's time: rounds of the reference's length times that factor, for that long.
func steady(slower float64, lasts time.Duration) (l timeline) {
	shares, _ := referenceRound()
	at := time.Duration(0)
	for at < lasts {
		for kind, share := range shares {
			d := time.Duration(share * slower * float64(time.Second))
			l.took[kind] = append(l.took[kind], d)
			at += d
		}
		l.ends = append(l.ends, at)
	}
	return l
}

func near(got, want float64) bool { return math.Abs(got-want) <= 0.001*math.Abs(want) }

func TestPointsFollowTheReference(t *testing.T) {
	var none tally
	if none.add(nil); none.points() > 0 || none.clock() > 0 {
		t.Error("points without work")
	}
	var one, two, slow tally
	one.add([]timeline{steady(1, time.Second)})
	two.add([]timeline{steady(1, time.Second), steady(2, time.Second)})
	slow.add([]timeline{steady(4, time.Second)})
	if p := one.points(); !near(p, 1000) {
		t.Errorf("the reference itself has %v points", p)
	}
	if p := two.points(); !near(p, 1500) {
		t.Errorf("the reference and one half as fast have %v points", p)
	}
	if p := slow.points(); !near(p, 250) {
		t.Errorf("a fourth of the speed has %v points", p)
	}
	for kind, p := range one.kinds() {
		if !near(p, 1000) {
			t.Errorf("kind %d of the reference has %v points", kind, p)
		}
	}
	var starved tally
	if starved.add([]timeline{steady(1, time.Second), {}}); !near(starved.points(), 1000) {
		t.Errorf("one at work and one that never had a turn have %v points", starved.points())
	}
	if hz := one.clock(); !near(hz, additions/0.05e-3) {
		t.Errorf("clock %v", hz)
	}
	if len(one.windows) != 4 {
		t.Errorf("%d windows of a second", len(one.windows))
	}
}

// A pause that comes back counts; one that comes once does not.
func TestPausesCount(t *testing.T) {
	paused := func(every int, pause time.Duration) float64 {
		l := steady(1, 2*time.Second)
		late := time.Duration(0)
		for i := range l.ends {
			if i%every == every-1 {
				late += pause
				l.took[i%kinds][i] += pause
			}
			l.ends[i] += late
		}
		var all tally
		all.add([]timeline{l})
		for kind, p := range all.kinds() {
			if !near(p, all.points()) {
				t.Errorf("pauses of %v make kind %d differ: %v of %v points", pause, kind, p, all.points())
			}
		}
		return all.points()
	}
	_, round := referenceRound()
	if p := paused(11, time.Duration(11*round*float64(time.Second))); math.Abs(p-500) > 10 {
		t.Errorf("half of the time gives %v points", p)
	}
	if p := paused(400, 300*time.Millisecond); math.Abs(p-1000) > 20 {
		t.Errorf("one pause gives %v points", p)
	}
}

func TestSustained(t *testing.T) {
	var all tally
	for _, slower := range []float64{1, 1, 1.2, 2} {
		all.add([]timeline{steady(slower, time.Second)})
	}
	if ratio, _, ok := all.sustained(); !ok || math.Abs(ratio-0.5) > 0.01 {
		t.Errorf("half of the speed at the end is %v (%v)", ratio, ok)
	}
	if _, _, ok := (&tally{windows: []float64{1, 2, 3}}).sustained(); ok {
		t.Error("a quarter of three")
	}
}

func TestCPUQuota(t *testing.T) {
	tests := []struct {
		name string
		fs   fstest.MapFS
		want float64
		ok   bool
	}{
		{"no groups", fstest.MapFS{}, 0, false},
		{"version 1", fstest.MapFS{
			"proc/self/cgroup":                        {Data: []byte("4:memory:/\n3:cpu,cpuacct:/x\n0::/\n")},
			"proc/self/mountinfo":                     {Data: []byte("33 31 0:30 / /sys/fs/cgroup/cpu rw,relatime shared:3 - cgroup cgroup rw,cpu,cpuacct\n34 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")},
			"sys/fs/cgroup/cpu/x/cpu.cfs_quota_us":    {Data: []byte("50000\n")},
			"sys/fs/cgroup/cpu/x/cpu.cfs_period_us":   {Data: []byte("100000\n")},
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":      {Data: []byte("-1\n")},
			"sys/fs/cgroup/cpu/cpu.cfs_period_us":     {Data: []byte("100000\n")},
			"sys/fs/cgroup/memory/x/cpu.cfs_quota_us": {Data: []byte("1\n")},
		}, 0.5, true},
		{"version 1 in a container", fstest.MapFS{
			"proc/self/cgroup":                    {Data: []byte("3:cpu:/docker/abc\n")},
			"proc/self/mountinfo":                 {Data: []byte("33 31 0:30 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n")},
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":  {Data: []byte("200000\n")},
			"sys/fs/cgroup/cpu/cpu.cfs_period_us": {Data: []byte("100000\n")},
		}, 2, true},
		{"unlimited", fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/\n")}, "sys/fs/cgroup/cpu.max": {Data: []byte("max 100000\n")}}, 0, false},
		{"container", fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/\n")}, "sys/fs/cgroup/cpu.max": {Data: []byte("150000 100000\n")}}, 1.5, true},
		{"the parent is stricter", fstest.MapFS{
			"proc/self/cgroup":        {Data: []byte("1:x:/y\n0::/a/b\n")},
			"sys/fs/cgroup/a/cpu.max": {Data: []byte("100000 100000")}, "sys/fs/cgroup/a/b/cpu.max": {Data: []byte("400000 100000")},
		}, 1, true},
		{"nonsense", fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/\n")}, "sys/fs/cgroup/cpu.max": {Data: []byte("0 0\n")}}, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := cpuQuota(tt.fs)
			if ok != tt.ok || ok && got != tt.want {
				t.Errorf("cpuQuota() = %v, %v; want %v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

// Whatever the files hold: no panic, no endless loop, no impossible limit.
func FuzzCgroup(f *testing.F) {
	f.Add("0::/a/b\n", "max 100000\n", "max\n", "inactive_file 7\n")
	f.Add("0::/../..\n", "150000 100000", "4096", "")
	f.Add("0::x", "-1 5", "18446744073709551616", "inactive_file -3")
	f.Fuzz(func(t *testing.T, membership, cpuMax, bytes, stat string) {
		fs := fstest.MapFS{"proc/self/cgroup": {Data: []byte(membership)}}
		for _, dir := range []string{"", "a/", "a/b/"} {
			fs["sys/fs/cgroup/"+dir+"cpu.max"] = &fstest.MapFile{Data: []byte(cpuMax)}
			fs["sys/fs/cgroup/"+dir+"memory.max"] = &fstest.MapFile{Data: []byte(bytes)}
			fs["sys/fs/cgroup/"+dir+"memory.current"] = &fstest.MapFile{Data: []byte(bytes)}
			fs["sys/fs/cgroup/"+dir+"memory.stat"] = &fstest.MapFile{Data: []byte(stat)}
		}
		if q, ok := cpuQuota(fs); ok && !(q > 0 && !math.IsInf(q, 0)) {
			t.Errorf("quota %v", q)
		}
		if total, left, ok := memoryLimit(fs); ok && !(total >= 0 && left >= 0 && left <= total) {
			t.Errorf("%v of %v left", left, total)
		}
	})
}

func TestWorkersDoNotAlias(t *testing.T) {
	g, err := crew(3, newAreas())
	if err != nil {
		t.Fatal(err)
	}
	g[0].do(integer)
	if g[1].numbers[0] != 0 || g[0].seed == g[1].seed || g[0].at == g[1].at {
		t.Error("two workers share their memory")
	}
}
