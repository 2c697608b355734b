package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

const (
	// harmonics of the mains that are looked for, side how many lines of 1 Hz to either side a
	// tone is spread over by the window and by the mains' own swing.
	harmonics, side = 10, 3
	// away and about are where the lines lie, from a harmonic, that say what is there without it.
	away, about = 5, 15
	// stands is how far a harmonic must stand over those to count, as a power: 10 dB.
	stands = 10
	// pole frequencies of the A curve in Hz, and its gain at 1 kHz in dB (IEC 61672-1, annex E).
	a1, a2, a3, a4, aGain = 20.6, 107.7, 737.9, 12194.0, 2.0
)

// Room is what a quiet room sounds like to a microphone.
type Room struct {
	// A is its level weighted by the A curve of IEC 61672-1, in dBFS.
	A float64
	// HumHz is the frequency of the mains that hums, 50 or 60; 0 where none does.
	HumHz int
	// Hum is the level of the mains' first ten harmonics together, in dBFS; negative infinity where there is none.
	Hum float64
	// Spectra is how many it rests on.
	Spectra int
}

// RoomOf looks at a recording in which nobody speaks, by the mean of spectra of one
// second (Hann windows, half overlapping). A harmonic counts where it stands 10 dB
// over its surroundings. ok is false for less than a second or for digital silence.
func RoomOf(x []float32, rate int) (r Room, ok bool) {
	lines, n := seconds(x, rate)
	if n == 0 {
		return Room{}, false
	}
	var sum float64
	for hz := 1; hz < len(lines); hz++ { // line 0 is the offset, which is no sound
		sum += lines[hz] * weightA(float64(hz))
	}
	if sum == 0 {
		return Room{}, false
	}
	r = Room{A: decibel(sum), Hum: math.Inf(-1), Spectra: n}
	fifty, sixty := hum(lines, 50), hum(lines, 60)
	switch {
	case fifty == 0 && sixty == 0:
	case fifty >= sixty:
		r.HumHz, r.Hum = 50, decibel(fifty)
	default:
		r.HumHz, r.Hum = 60, decibel(sixty)
	}
	return r, true
}

// seconds are the mean powers of lines of 1 Hz, whose sum is the power of x; n is how many spectra they rest on.
func seconds(x []float32, rate int) (lines []float64, n int) {
	if rate < 2*away || len(x) < rate {
		return nil, 0
	}
	fft := fourier.NewFFT(rate)
	window := hann(rate)
	var weight float64
	for _, w := range window {
		weight += w * w
	}
	lines = make([]float64, rate/2+1)
	piece := make([]float64, rate)
	var c []complex128
	for from := 0; from+rate <= len(x); from += rate / 2 {
		dc := DC(x[from : from+rate])
		for i := range piece {
			piece[i] = (float64(x[from+i]) - dc) * window[i]
		}
		c = fft.Coefficients(c, piece)
		for k := range lines {
			lines[k] += 2 * (real(c[k])*real(c[k]) + imag(c[k])*imag(c[k])) / (weight * float64(rate))
		}
		n++
	}
	for k := range lines {
		lines[k] /= float64(n)
	}
	return lines, n
}

// weightA is the A curve at that frequency, as a power.
func weightA(hz float64) float64 {
	f := hz * hz
	r := a4 * a4 * f * f / ((f + a1*a1) * math.Sqrt((f+a2*a2)*(f+a3*a3)) * (f + a4*a4))
	return r * r * linear(aGain)
}

// hum is the power of a mains frequency and its harmonics; 0 where none stands out.
func hum(lines []float64, base int) (sum float64) {
	for h := base; h <= harmonics*base && h+about < len(lines); h += base {
		var tone float64
		for k := h - side; k <= h+side; k++ {
			tone += lines[k]
		}
		beside := slices.Concat(lines[h-about:h-away+1], lines[h+away:h+about+1])
		slices.Sort(beside)
		floor := beside[len(beside)/2] * (2*side + 1)
		if tone > stands*floor {
			sum += tone - floor
		}
	}
	return sum
}
