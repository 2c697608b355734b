package analysis_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"linecheck/checks/audio/internal/rooms"
)

const rate = 48000

// sine of a peak in dBFS.
func sine(hz, dbfs, seconds float64) []float32 {
	out := make([]float32, int(seconds*rate))
	for i := range out {
		out[i] = float32(math.Pow(10, dbfs/20) * math.Sin(2*math.Pi*hz*float64(i)/rate))
	}
	return out
}

// noise with an RMS in dBFS.
func noise(dbfs, seconds float64, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 9))
	out := make([]float32, int(seconds*rate))
	for i := range out {
		out[i] = float32(math.Pow(10, dbfs/20) * r.NormFloat64())
	}
	return out
}

// syllables is noise below a frequency that swells four times a second: its level
// while it sounds is known, and so is where it ends.
func syllables(dbfs, seconds, belowHz float64) []float32 {
	r := rand.New(rand.NewPCG(5, 9))
	out := make([]float32, int(seconds*rate))
	tones := 90
	for range tones {
		hz, phase := 150+r.Float64()*(belowHz-150), 2*math.Pi*r.Float64()
		turning := cmplx.Rect(math.Pow(10, dbfs/20)*math.Sqrt(2/float64(tones)), phase)
		turn := cmplx.Rect(1, 2*math.Pi*hz/rate) // a multiplication is cheaper than a sine
		for i := range out {
			out[i] += float32(imag(turning))
			turning *= turn
		}
	}
	for i := range out {
		// loud for 150 ms of each 250, with an RMS of 1 over those
		if at := math.Mod(float64(i)/rate, 0.25); at < 0.15 {
			out[i] *= float32(math.Sqrt2 * math.Sin(math.Pi*at/0.15))
		} else {
			out[i] = 0
		}
	}
	return out
}

func add(a ...[]float32) []float32 {
	out := append([]float32(nil), a[0]...)
	for _, x := range a[1:] {
		for i := range min(len(out), len(x)) {
			out[i] += x[i]
		}
	}
	return out
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.3f, want %.3f +- %.3f", what, got, want, within)
	}
}

// lowpass lets through what is under a frequency: a windowed sinc of 511 taps.
func lowpass(x []float32, hz float64) []float32 {
	const taps = 511
	h := make([]float64, taps)
	for i := range h {
		k := float64(i - taps/2)
		window := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/(taps-1))
		if h[i] = 2 * hz / rate; k != 0 {
			h[i] = math.Sin(2*math.Pi*hz/rate*k) / (math.Pi * k) * window
		}
	}
	in := make([]float64, len(x)+taps/2) // the end rings on
	for i, v := range x {
		in[i] = float64(v)
	}
	out := make([]float32, len(x))
	for i, v := range rooms.Convolve(in, h)[taps/2:] {
		out[i] = float32(v)
	}
	return out
}
