package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

// A voice has much of its power here, in Hz, and the sweeps have none.
const voiceLow, voiceHigh = 100, 300

// talking says whether something in the room moves like a voice: before the first sweep is
// heard at all frequencies, and later on below the sweeps.
func talking(x []float32, rate int) bool {
	lead := x[:min(len(x), int(leadTime*float64(rate)))]
	return unsteady(Levels(lead, FrameSize(rate))) || unsteady(voiceLevels(x, rate))
}

func unsteady(levels []float64) bool {
	levels = slices.DeleteFunc(levels, func(l float64) bool { return math.IsInf(l, -1) })
	if len(levels) == 0 {
		return false
	}
	slices.Sort(levels)
	low, high := levels[len(levels)/10], levels[len(levels)*95/100]
	return high-low >= talkSpread && high >= talkLevel
}

// voiceLevels is the level in dBFS of each 40 ms between voiceLow and voiceHigh.
func voiceLevels(x []float32, rate int) []float64 {
	size := 2 * FrameSize(rate)
	if size < 4 {
		return nil
	}
	fft := fourier.NewFFT(size)
	window := hann(size)
	var gain float64
	for _, w := range window {
		gain += w * w
	}
	piece := make([]float64, size)
	var lines []complex128
	var levels []float64
	for at := 0; at+size <= len(x); at += size {
		for i := range piece {
			piece[i] = float64(x[at+i]) * window[i]
		}
		lines = fft.Coefficients(lines, piece)
		var sum float64
		for k := voiceLow * size / rate; k <= voiceHigh*size/rate; k++ {
			sum += real(lines[k])*real(lines[k]) + imag(lines[k])*imag(lines[k])
		}
		levels = append(levels, decibel(2*sum/(gain*float64(size))))
	}
	return levels
}
