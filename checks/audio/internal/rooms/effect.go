package rooms

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Drift is x as a card records it whose clock is faster by so many parts in a million.
func Drift(x []float64, ppm float64) []float64 {
	out := make([]float64, len(x))
	for i := range out {
		at := float64(i) / (1 + ppm/1e6)
		k := int(at)
		if k+1 >= len(x) {
			break
		}
		part := at - float64(k)
		out[i] = x[k]*(1-part) + x[k+1]*part
	}
	return out
}

// GainControl is x behind an automatic gain: it aims at an RMS in dBFS by at most so many
// dB, falls within 20 ms, and rises by 20 dB a second.
func GainControl(x []float64, rate int, target, most float64) []float64 {
	const rise = 20.0
	out := make([]float64, len(x))
	frame := rate / 100
	gain := 0.0
	for from := 0; from < len(x); from += frame {
		piece := x[from:min(len(x), from+frame)]
		wanted := min(most, target-level(piece))
		switch {
		case wanted < gain:
			gain = (gain + wanted) / 2
		default:
			gain = min(wanted, gain+rise/100)
		}
		g := math.Pow(10, gain/20)
		for i, v := range piece {
			out[from+i] = max(-1, min(1, g*v))
		}
	}
	return out
}

func level(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return 10 * math.Log10(sum/float64(max(1, len(x)))+1e-20)
}

// SuppressNoise is x behind a spectral noise suppressor: in pieces of 20 ms, each
// line is weakened by the Wiener gain against the lowest level of the last second, by at
// most so many dB.
func SuppressNoise(x []float64, rate int, most float64) []float64 {
	size := 1
	for size < rate/50 {
		size *= 2
	}
	hop := size / 2
	fft := fourier.NewFFT(size)
	floor := math.Pow(10, -most/20)
	smooth, noise := make([]float64, size/2+1), make([]float64, size/2+1)
	out := make([]float64, len(x)+size)
	piece := make([]float64, size)
	var lines []complex128
	rise := math.Pow(10, 0.3*float64(hop)/float64(rate)) // the noise may grow by 3 dB a second
	for from := 0; from+size <= len(x); from += hop {
		for i := range piece {
			piece[i] = x[from+i] * window(i, size)
		}
		lines = fft.Coefficients(lines, piece)
		for k, c := range lines {
			power := real(c)*real(c) + imag(c)*imag(c)
			smooth[k] = 0.8*smooth[k] + 0.2*power
			if noise[k] = noise[k] * rise; from == 0 || smooth[k] < noise[k] {
				noise[k] = max(smooth[k], 1e-12)
			}
			gain := max(floor, 1-2*noise[k]/max(smooth[k], 1e-12))
			lines[k] *= complex(gain, 0)
		}
		back := fft.Sequence(nil, lines)
		for i, v := range back {
			out[from+i] += v / float64(size) * window(i, size)
		}
	}
	return out[:len(x)]
}

// window is the root of a Hann window: two of them, half overlapping, make one.
func window(i, size int) float64 { return math.Sin(math.Pi * (float64(i) + 0.5) / float64(size)) }
