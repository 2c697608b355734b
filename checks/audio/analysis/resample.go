package analysis

import "math"

// taps is how many zero crossings the resampler's window spans to either side.
const taps = 16

// Resample gives x, which is at the rate from in Hz, at the rate to: a windowed
// sinc (Hann, 16 crossings a side) below the lower of both limits.
func Resample(x []float32, from, to int) []float32 {
	if from <= 0 || to <= 0 || from == to {
		return x
	}
	limit := min(1, float64(to)/float64(from))
	half := taps / limit
	out := make([]float32, int(int64(len(x))*int64(to)/int64(from)))
	for i := range out {
		at := float64(i) * float64(from) / float64(to)
		var sum float64
		for k := max(0, int(math.Ceil(at-half))); k < len(x) && float64(k) <= at+half; k++ {
			d := float64(k) - at
			sum += float64(x[k]) * limit * sinc(limit*d) * (0.5 + 0.5*math.Cos(math.Pi*d/half))
		}
		out[i] = float32(sum)
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
