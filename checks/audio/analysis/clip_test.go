package analysis_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"linecheck/checks/audio/analysis"
)

// music is chords with a beat, loud: its largest sample is at full scale.
func music(seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 3))
	out := make([]float32, 8*rate)
	for beat := range 16 {
		for range 3 {
			hz := 110 * math.Pow(2, float64(r.IntN(30))/12)
			for i := range min(rate, len(out)-beat*rate/2) {
				for h := 1.0; h < 8; h++ {
					out[beat*rate/2+i] += float32(math.Exp(-float64(i)/12000) / h * math.Sin(2*math.Pi*h*hz*float64(i)/rate))
				}
			}
		}
		for i := range 3000 {
			out[beat*rate/2+i] += float32(r.NormFloat64() * math.Exp(-float64(i)/500))
		}
	}
	return scaled(out, 1)
}

// scaled has that peak.
func scaled(x []float32, peak float64) []float32 {
	most := max(slices.Max(x), -slices.Min(x))
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = v / most * float32(peak)
	}
	return out
}

// clippedTo cuts off so that a share of the samples is at full scale, and then makes it quieter; bits
// are those of the converter, 0 for none.
func clippedTo(x []float32, share, gain float64, bits int) []float32 {
	sizes := make([]float64, len(x))
	for i, v := range x {
		sizes[i] = math.Abs(float64(v))
	}
	slices.Sort(sizes)
	at := sizes[int((1-share)*float64(len(x)))]
	out := make([]float32, len(x))
	for i, v := range x {
		cut := min(1, max(-1, float64(v)/at))
		if bits > 0 {
			steps := math.Pow(2, float64(bits-1))
			cut = max(-1, min((steps-1)/steps, math.Round(cut*steps)/steps))
		}
		out[i] = float32(cut * gain)
	}
	return out
}

func TestClippingIsFound(t *testing.T) {
	for name, x := range map[string][]float32{"syllables": syllables(-26, 8, 6000), "music": music(1), "other music": music(2), "hiss": noise(-20, 8, 1)} {
		for _, share := range []float64{0.0005, 0.002, 0.02, 0.2} {
			for _, gain := range []float64{1, 0.5} {
				if name == "hiss" && gain < 1 && share < 0.2 {
					continue // its peaks stand alone: made quieter, they say nothing
				}
				for _, bits := range []int{0, 16} {
					got := analysis.Clipped(clippedTo(x, share, gain, bits))
					if got < 0.7*share || got > 1.3*share+0.0002 {
						t.Errorf("%s, %v clipped, gain %v, %d bits: found %v", name, share, gain, bits, got)
					}
				}
			}
		}
	}
}

func TestWhatDoesNotClip(t *testing.T) {
	for name, x := range map[string][]float32{
		"music": music(3), "more music": music(4), "syllables": scaled(syllables(-26, 8, 6000), 1), "hiss": scaled(noise(-20, 8, 2), 1),
		"low tone": scaled(sine(55, -6, 4), 1), "tone": scaled(sine(1000, -6, 4), 1), "odd tone": scaled(sine(997, -6, 4), 1),
		"quiet, of few steps": clippedTo(noise(-20, 8, 3), 0.00001, 0.001, 4), "silence": make([]float32, rate), "nothing": nil,
	} {
		if got := analysis.Clipped(x); got != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	for seed := range uint64(20) {
		if got := analysis.Clipped(music(100 + seed)); got != 0 {
			t.Errorf("music %d: %v", seed, got)
		}
	}
}
