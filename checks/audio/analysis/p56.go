package analysis

import "math"

// The constants of ITU-T P.56 (12/2011), method B.
const (
	// envelopeTime is the time constant of both averages, hangover how long a threshold
	// counts as exceeded after it was, in seconds.
	envelopeTime, hangover = 0.03, 0.2
	// margin is how far the threshold of activity lies under the active level, in dB.
	margin = 15.9
	// thresholds lie stepDB apart, from full scale down to lowestDB. The standard's lie 6 dB
	// apart; closer ones leave less to interpolation.
	stepDB, lowestDB = 1, -95
	// overNoise is how far over the noise the threshold must lie, in dB: noise alone does not reach it.
	overNoise = 5
)

// Active is how loud somebody spoke, and for how much of the time.
type Active struct {
	// Level is the active speech level in dBFS, the noise's power taken off.
	Level float64
	// Activity is the share of the time in which somebody spoke, 0 to 1.
	Activity float64
}

// ActiveLevel is the active speech level of ITU-T P.56, method B. noise is the
// level of the room's noise in dBFS, negative infinity where it is unknown or
// none: what stands less than 5 dB over it is not taken for speech, and its power
// is taken off. ok is false where nothing stands out.
func ActiveLevel(x []float32, rate int, noise float64) (a Active, ok bool) {
	if rate <= 0 || len(x) == 0 {
		return a, false
	}
	active, energy := activity(x, rate)
	energy = max(0, energy-linear(noise)*float64(len(x)))
	level := func(j int) float64 { return decibel(energy / float64(active[j])) }
	share := func(j int) float64 { return float64(active[j]) / float64(len(x)) }
	under := math.NaN() // by how much the level is over the threshold one step lower
	for j := len(active) - 1; j >= 0 && active[j] > 0; j-- {
		c := -float64(j * stepDB)
		if c < noise+overNoise {
			continue
		}
		over := level(j) - c
		a, ok = Active{Level: level(j), Activity: share(j)}, true
		if over > margin {
			under = over
			continue
		}
		if part := (under - margin) / (under - over); !math.IsNaN(part) { // between this threshold and the one below
			a.Level = level(j+1) + part*(level(j)-level(j+1))
			a.Activity = share(j+1) + part*(share(j)-share(j+1))
		}
		break
	}
	return a, ok && !math.IsInf(a.Level, -1)
}

// activity is for how many samples each threshold counts as exceeded, and the energy of all, their mean taken off.
func activity(x []float32, rate int) (active []int, energy float64) {
	n := -lowestDB/stepDB + 1
	active = make([]int, n)
	until := make([]int, n) // how long each counts as exceeded
	threshold := make([]float64, n)
	for j := range threshold {
		threshold[j] = math.Pow(10, -float64(j*stepDB)/20)
	}
	keep := math.Exp(-1 / (envelopeTime * float64(rate)))
	hang := int(math.Ceil(hangover * float64(rate)))
	mean := DC(x)
	var p, q float64
	for i, s := range x {
		v := float64(s) - mean
		energy += v * v
		p = keep*p + (1-keep)*math.Abs(v)
		q = keep*q + (1-keep)*p
		for j := n - 1; j >= 0; j-- { // the lowest first: what does not reach it reaches none
			if q >= threshold[j] {
				until[j] = i + hang
			} else if i >= until[j] || until[j] == 0 {
				break
			}
			active[j]++
		}
	}
	return active, energy
}
