package checks

import (
	"math"
	"slices"
	"testing"
)

// A fraction that is none breaks nobody's progress bar.
func TestFractionsOfProgress(t *testing.T) {
	var got []float64
	rec := newRecorder(func(p Progress) { got = append(got, p.Fraction) })
	for _, f := range []float64{math.NaN(), -1, 0.25, 7, math.Inf(1)} {
		rec.Progress(Progress{Fraction: f})
	}
	if want := []float64{0, 0, 0.25, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
