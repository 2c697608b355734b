package machine

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// The work is real: each kind gives the right result.
func TestWorkIsRight(t *testing.T) {
	w, err := newWorker(7)
	if err != nil {
		t.Fatal(err)
	}
	plain := slices.Clone(w.plain)
	w.do(0)
	if got, err := w.aead.Open(nil, w.nonce, w.sealed, nil); err != nil || !slices.Equal(got, plain) {
		t.Errorf("what was sealed does not open: %v", err)
	}
	if w.do(1); w.digest == [32]byte{} {
		t.Error("no digest")
	}
	if w.do(2); !slices.IsSorted(w.numbers) || w.numbers[0] == w.numbers[sortNumbers-1] {
		t.Error("the numbers are not sorted")
	}
	w.do(3)
	for _, k := range []int{0, 1, 60, 61, 511, 1023} { // against the definition
		var sum complex128
		for i, v := range w.wave {
			sum += v * cmplx.Rect(1, -2*math.Pi*float64(k*i%fourierSize)/fourierSize)
		}
		if cmplx.Abs(sum-w.spun[k]) > 1e-8 {
			t.Errorf("transform at %d = %v, want %v", k, w.spun[k], sum)
		}
	}
}

func TestPointsFollowTheReference(t *testing.T) {
	w := &worker{}
	if w.points() != 0 {
		t.Error("points without work")
	}
	for i, ref := range [kinds]float64{refSeal, refHash, refSort, refFourier} {
		w.units[i], w.spent[i] = ref/2, time.Second/2
	}
	if got := w.points(); math.Abs(got-1000) > 1e-9 {
		t.Errorf("the reference itself has %v points", got)
	}
	w.units[2] *= 16
	if got := w.points(); math.Abs(got-2000) > 1e-9 {
		t.Errorf("16 times in one of four kinds gives %v points, want 2000", got)
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
		{"version 1 only", fstest.MapFS{"proc/self/cgroup": {Data: []byte("3:cpu:/x\n")}}, 0, false},
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
	g, err := crew(3)
	if err != nil {
		t.Fatal(err)
	}
	g[0].do(2)
	if g[1].numbers[0] != 0 || g[0].seed == g[1].seed {
		t.Error("two workers share their memory")
	}
}
