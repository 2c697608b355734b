package virtual

import (
	"math"
	"math/rand/v2"
)

// Speech is a sound like a voice, always the same for the same arguments: a train
// of glottal pulses through four resonances that move from vowel to vowel, hisses
// between them, about four syllables a second in phrases of six, and a
// pause of 0.4 s after each phrase. dbfs is the RMS of the whole, pauses included; a rate
// below 16 kHz loses the highest of it, as a narrow line does.
func Speech(rate int, seconds, dbfs float64) Sound {
	v := voice{rate: float64(rate), rng: rand.New(rand.NewPCG(4, 2))}
	n := int(seconds * v.rate)
	for len(v.out) < n {
		for range 6 {
			v.syllable()
		}
		v.out = append(v.out, make([]float64, int(0.4*v.rate))...)
	}
	out := v.out[:n]
	var power float64
	for _, s := range out {
		power += s * s
	}
	gain := math.Pow(10, dbfs/20) / math.Sqrt(power/float64(n))
	for i := range out {
		out[i] *= gain
	}
	return Sound{Samples: out, Rate: rate}
}

// voice speaks syllables one after another.
type voice struct {
	rate  float64
	rng   *rand.Rand
	phase float64
	out   []float64
}

// vowels are rough resonances in Hz.
func vowels() [][4]float64 {
	return [][4]float64{
		{730, 1090, 2440, 3400}, {530, 1840, 2480, 3500}, {270, 2290, 3010, 3700}, {570, 840, 2410, 3300}, {300, 870, 2240, 3200},
	}
}

// syllable is a hiss of 60 ms, a vowel of 150 ms and a closure of 40 ms: a quarter of a second.
func (v *voice) syllable() {
	all := vowels()
	v.hiss(0.06)
	v.vowel(all[v.rng.IntN(len(all))], 0.15)
	v.out = append(v.out, make([]float64, int(0.04*v.rate))...)
}

// vowel filters pulses at about 120 Hz, with a little jitter and breath.
func (v *voice) vowel(formants [4]float64, seconds float64) {
	n := int(seconds * v.rate)
	bands := [4]float64{80, 100, 140, 200}
	var stages []*resonance
	for i, f := range formants {
		if f < 0.45*v.rate {
			stages = append(stages, newResonance(f, bands[i], v.rate))
		}
	}
	pitch := 110 + 25*v.rng.Float64()
	pulse := v.rate / (2 * pitch) // every harmonic is as strong at any rate
	for i := range n {
		v.phase += pitch / v.rate
		x := 0.02 * v.breath()
		if v.phase >= 1 {
			v.phase--
			x += pulse
		}
		var y float64
		for k, s := range stages { // side by side, each weaker than the one below
			y += s.next(x) * math.Pow(0.5, float64(k))
		}
		v.out = append(v.out, y*swell(i, n))
	}
}

// hiss is noise around 5 kHz that reaches past 8 kHz, as an s does.
func (v *voice) hiss(seconds float64) {
	n := int(seconds * v.rate)
	centre := min(5500, 0.4*v.rate)
	one, two := newResonance(centre, 2500, v.rate), newResonance(centre, 2500, v.rate)
	for i := range n {
		v.out = append(v.out, 0.5*two.next(one.next(v.breath()))*swell(i, n))
	}
}

// breath is noise that is as strong in each hertz at any rate.
func (v *voice) breath() float64 { return v.rng.NormFloat64() * math.Sqrt(v.rate/48000) }

// swell rises and falls over n samples.
func swell(i, n int) float64 { return math.Sin(math.Pi * (float64(i) + 0.5) / float64(n)) }

// resonance is a filter of two poles with a gain of about 1 at its centre.
type resonance struct{ a, b, c, y1, y2 float64 }

func newResonance(centre, width, rate float64) *resonance {
	r := math.Exp(-math.Pi * width / rate)
	w := 2 * math.Pi * centre / rate
	return &resonance{a: (1 - r) * math.Sqrt(1-2*r*math.Cos(2*w)+r*r), b: 2 * r * math.Cos(w), c: -r * r}
}

func (s *resonance) next(x float64) float64 {
	y := s.a*x + s.b*s.y1 + s.c*s.y2
	s.y1, s.y2 = y, s.y1
	return y
}
