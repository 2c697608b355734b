package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

const (
	// bandHz is the width of the bands that are compared.
	bandHz = 200
	// often is the quantile of a band's powers that counts: an s is rare, but loud.
	often = 0.9
	// clear6 is how far a band of speech must stand over the same band of noise, as a power: 6 dB.
	clear6 = 4
	// faintest is how weak a band may be beside the strongest one, as a power: -50 dB.
	faintest = 1e-5
	// hides is how strong noise must be beside the strongest band of speech to hide what speech
	// there is in a band: -34 dB; over 7 kHz, where there is less of it, -45 dB.
	hides, hidesHigh, highHiss = 4e-4, 3.2e-5, 7000
	// passes is how weak noise may be beside what it is in the middle of the voice's range to have
	// come through the microphone: -40 dB; and lowestRoom what it must be at least, in dBFS: less is
	// the converter's own.
	passes, lowestRoom = 1e-4, -105
	// leastSpectra is how many spectra make a quantile worth using.
	leastSpectra = 10
)

// Band is a class of bandwidth.
type Band string

// The classes, as telephony has them.
const (
	Narrowband Band = "narrow" // up to 4 kHz, as an old telephone or Bluetooth's older hands-free profile
	Wideband   Band = "wide"   // up to 8 kHz
	Fullband   Band = "full"
)

// BandOf is the class of a bandwidth in Hz.
func BandOf(hz float64) Band {
	switch {
	case hz <= 4800:
		return Narrowband
	case hz <= 9000:
		return Wideband
	default:
		return Fullband
	}
}

// Bandwidth is the highest frequency in Hz that comes through the microphone. It
// is the upper edge of the highest band of 200 Hz whose power, nine times of ten
// while somebody speaks, is at most 50 dB under the strongest band's and 6 dB over the same
// band's while nobody does. Where noise is so strong that speech above could not be
// seen, the noise itself tells: it came the same way. s is what [ActiveSpeech]
// found in x. ok is false where there is too little speech.
func Bandwidth(x []float32, rate int, s Speech) (hz float64, ok bool) {
	speech, noise := spectra(x, rate, s)
	if speech == nil {
		return 0, false
	}
	strongest := slices.Max(speech)
	edge := 0
	for i := len(speech) - 1; i >= 0 && edge == 0; i-- {
		if speech[i] >= strongest*faintest && (noise == nil || speech[i] >= clear6*noise[i]) {
			edge = i + 1
		}
	}
	hidden := strongest * hides
	if edge*bandHz >= highHiss {
		hidden = strongest * hidesHigh
	}
	if noise != nil && edge < len(noise) && noise[edge] >= hidden {
		edge = max(edge, openTo(noise))
	}
	return float64(edge * bandHz), edge > 0
}

// openTo is how many bands the noise came through.
func openTo(noise []float64) int {
	middle := slices.Sorted(slices.Values(noise[min(len(noise), 300/bandHz):min(len(noise), 3000/bandHz)]))
	if len(middle) == 0 {
		return 0
	}
	least := max(middle[len(middle)/2]*passes, linear(lowestRoom))
	for i := len(noise) - 1; i >= 0; i-- {
		if noise[i] >= least {
			return i + 1
		}
	}
	return 0
}

// spectra are the powers of each band that nine tenths of the pieces stay under while somebody
// speaks, and while nobody does; nil where there were too few of them.
func spectra(x []float32, rate int, s Speech) (speech, noise []float64) {
	size := 2 * FrameSize(rate) // 40 ms: lines of 25 Hz
	if size < 4 {
		return nil, nil
	}
	fft := fourier.NewFFT(size)
	window := hann(size)
	var gain float64
	for _, w := range window {
		gain += w * w
	}
	bands := rate / 2 / bandHz
	spoken, silent := make([][]float64, bands), make([][]float64, bands)
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
			addBands(spoken, lines, rate, size, gain)
		} else {
			addBands(silent, lines, rate, size, gain)
		}
	}
	return oftenUnder(spoken), oftenUnder(silent)
}

// addBands adds the power of each band in one piece.
func addBands(to [][]float64, lines []complex128, rate, size int, gain float64) {
	powers := make([]float64, len(to))
	for k, c := range lines {
		if b := k * rate / size / bandHz; b < len(to) {
			powers[b] += 2 * (real(c)*real(c) + imag(c)*imag(c)) / (gain * float64(size))
		}
	}
	for b, p := range powers {
		to[b] = append(to[b], p)
	}
}

func oftenUnder(bands [][]float64) []float64 {
	if len(bands) == 0 || len(bands[0]) < leastSpectra {
		return nil
	}
	out := make([]float64, len(bands))
	for b, powers := range bands {
		slices.Sort(powers)
		out[b] = powers[int(often*float64(len(powers)-1))]
	}
	return out
}

func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n))
	}
	return w
}
