package virtual

import (
	"math"
	"math/rand/v2"
)

// Noise is steady white noise with an RMS of dbfs. The same seed gives the same noise.
func Noise(rate int, seconds, dbfs float64, seed uint64) Sound {
	r := rand.New(rand.NewPCG(seed, 1))
	sigma := math.Pow(10, dbfs/20)
	samples := make([]float64, int(seconds*float64(rate)))
	for i := range samples {
		samples[i] = sigma * r.NormFloat64()
	}
	return Sound{Samples: samples, Rate: rate}
}

// room is a made-up room for the laptop's echo, at 48 kHz in two equal channels:
// 3 ms of flight, four reflections, and 120 ms of a decaying tail.
func room() []float64 {
	const rate = 48000
	r := rand.New(rand.NewPCG(7, 7))
	paths := map[int]float64{144: 0.8, 301: -0.35, 487: 0.25, 760: -0.18, 1123: 0.1}
	var out []float64
	for i := range int(0.16 * rate) {
		v := paths[i]
		if i > 1200 {
			t := float64(i)/rate - 0.025
			v += 0.02 * math.Exp(-t/0.03) * (2*r.Float64() - 1)
		}
		out = append(out, v, v)
	}
	return out
}
