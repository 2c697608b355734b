package analysis_test

import (
	"math"
	"testing"

	"linecheck/checks/audio/analysis"
)

// The standard's own definition, slowly: every threshold for itself, one after another.
func slowP56(x []float32, rate int) float64 {
	keep := math.Exp(-1 / (0.03 * float64(rate)))
	var p, q, energy float64
	envelope := make([]float64, len(x))
	for i, v := range x {
		energy += float64(v) * float64(v)
		p = keep*p + (1-keep)*math.Abs(float64(v))
		q = keep*q + (1-keep)*p
		envelope[i] = q
	}
	level := func(c float64) float64 {
		hang, n := 0, 0
		for _, q := range envelope {
			if q >= c {
				hang = rate / 5
			}
			if hang > 0 {
				n++
				hang--
			}
		}
		return 10 * math.Log10(energy/float64(n))
	}
	for c := 0.0; c > -95; c -= 0.05 {
		if l := level(math.Pow(10, c/20)); !math.IsInf(l, 1) && l-c >= 15.9 {
			return l
		}
	}
	return math.NaN()
}

func TestActiveLevelIsThatOfTheStandard(t *testing.T) {
	for _, level := range []float64{-10, -26, -41.3} {
		x := append(make([]float32, 3*rate), add(syllables(level, 4, 6000), noise(-90, 4, 1))...)
		want := slowP56(x, rate)
		a, ok := analysis.ActiveLevel(x, rate, math.Inf(-1))
		if !ok {
			t.Fatal("no level")
		}
		near(t, "active level", a.Level, want, 0.1)
	}
}
