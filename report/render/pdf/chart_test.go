package pdf

import (
	"math"
	"testing"

	"linecheck/report"
)

func TestScale(t *testing.T) {
	for _, c := range []struct {
		values    []report.Number
		low, high float64
	}{
		{[]report.Number{12, 94.3}, 0, 100},
		{[]report.Number{94, 95.5}, 94, 95.5},
		{[]report.Number{-60, -24.5}, -60, -20},
		{[]report.Number{0}, 0, 1},
		{[]report.Number{7}, 7, 8},
		{[]report.Number{1000, 9}, 0, 1000},
		{[]report.Number{0, 0.0004}, 0, 0.0004},
	} {
		if low, high := scale(c.values); low-c.low > 1e-12 || c.low-low > 1e-12 || high-c.high > 1e-9 || c.high-high > 1e-9 {
			t.Errorf("%v: %v to %v, want %v to %v", c.values, low, high, c.low, c.high)
		}
	}
}

// The scale always holds the values, whatever they are.
func FuzzScale(f *testing.F) {
	f.Add(0.1, 1e9)
	f.Add(-5.0, 0.0)
	f.Fuzz(func(t *testing.T, a, b float64) {
		x, ok := report.Num(a)
		y, also := report.Num(b)
		if !ok || !also {
			t.Skip()
		}
		low, high := scale([]report.Number{x, y})
		within := 1e-9 * max(math.Abs(low), math.Abs(high))
		if !(low <= float64(min(x, y))+within && high >= float64(max(x, y))-within && low < high) {
			t.Errorf("%v %v: %v to %v", x, y, low, high)
		}
	})
}
