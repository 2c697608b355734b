package analysis

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

const (
	// bandHz is the width of the bands that are compared.
	bandHz = 200
	// clear6 is how far a band of speech must stand over the same band of noise, as a power: 6 dB.
	clear6 = 4
	// faintest is how weak a band may be beside the strongest one, as a power: -50 dB.
	faintest = 1e-5
	// leastSpectra is how many spectra make a mean worth using.
	leastSpectra = 10
)

// Bandwidth is the highest frequency in Hz up to which speech reaches: the upper edge
// of the highest band of 200 Hz whose mean power while somebody speaks is at most 50 dB
// under the strongest band's, and 6 dB over the same band's while nobody
// does. Noise can hide the upper end, so the truth is this or more. s is what
// [ActiveSpeech] found in x. ok is false where there is too little speech.
func Bandwidth(x []float32, rate int, s Speech) (hz float64, ok bool) {
	speech, noise := spectra(x, rate, s)
	if speech == nil {
		return 0, false
	}
	var strongest float64
	for _, p := range speech {
		strongest = max(strongest, p)
	}
	for i := len(speech) - 1; i >= 0; i-- {
		if speech[i] >= strongest*faintest && (noise == nil || speech[i] >= clear6*noise[i]) {
			return float64((i + 1) * bandHz), true
		}
	}
	return 0, false
}

// spectra are the mean powers of each band while somebody speaks and while nobody
// does; nil where there were too few of them.
func spectra(x []float32, rate int, s Speech) (speech, noise []float64) {
	size := 2 * FrameSize(rate) // 40 ms: lines of 25 Hz
	if size < 4 {
		return nil, nil
	}
	fft := fourier.NewFFT(size)
	window := hann(size)
	bands := rate / 2 / bandHz
	speech, noise = make([]float64, bands), make([]float64, bands)
	var spoken, silent int
	piece := make([]float64, size)
	var lines []complex128
	for f := 0; f+1 < len(s.Active); f++ {
		if s.Active[f] != s.Active[f+1] {
			continue // a border belongs to neither
		}
		for i := range piece {
			piece[i] = float64(x[f*size/2+i]) * window[i]
		}
		lines = fft.Coefficients(lines, piece)
		if s.Active[f] {
			spoken++
			addBands(speech, lines, rate, size)
		} else {
			silent++
			addBands(noise, lines, rate, size)
		}
	}
	return mean(speech, spoken), mean(noise, silent)
}

func addBands(to []float64, lines []complex128, rate, size int) {
	for k, c := range lines {
		if b := k * rate / size / bandHz; b < len(to) {
			to[b] += real(c)*real(c) + imag(c)*imag(c)
		}
	}
}

func mean(sum []float64, n int) []float64 {
	if n < leastSpectra {
		return nil
	}
	for i := range sum {
		sum[i] /= float64(n)
	}
	return sum
}

func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n))
	}
	return w
}
