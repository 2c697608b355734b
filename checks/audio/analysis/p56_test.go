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
	for c := -95.0; c < 0; c += 0.05 { // the lowest first: at the top, where little counts, it could look so too
		if l := level(math.Pow(10, c/20)); l-c <= 15.9 {
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

// What ends at its loudest is as loud as what comes and goes.
func TestActiveLevelOfWhatEndsAbruptly(t *testing.T) {
	x := sine(300, -20, 0.3)
	for i := range x {
		x[i] *= float32(i) / float32(len(x))
	}
	a, ok := analysis.ActiveLevel(x, rate, math.Inf(-1))
	if near(t, "level", a.Level, analysis.RMS(x), 2); !ok {
		t.Error("none")
	}
}

func TestNoActiveLevel(t *testing.T) {
	for _, x := range [][]float32{nil, make([]float32, rate), noise(-50, 2, 1)} {
		if a, ok := analysis.ActiveLevel(x, rate, -50); ok {
			t.Errorf("%d samples: %+v", len(x), a)
		}
	}
}

// Noise under a voice hardly moves its level, and the distance between both is right.
func TestActiveLevelInNoise(t *testing.T) {
	voice := syllables(-26, 8, 6000)
	clean, _ := analysis.ActiveLevel(voice, rate, math.Inf(-1))
	for _, level := range []float64{-70, -50, -44, -40, -38} {
		a, ok := analysis.ActiveLevel(add(voice, noise(level, 8, 4)), rate, level)
		if near(t, "level", a.Level, clean.Level, 0.5); !ok {
			t.Errorf("none in noise of %v", level)
		}
	}
}
