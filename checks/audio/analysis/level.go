package analysis

import (
	"math"
	"slices"
)

// RMS is the level of x in dBFS; negative infinity for silence or no samples.
func RMS(x []float32) float64 { return decibel(power(x)) }

// Peak is the largest magnitude in x in dBFS; negative infinity for silence or no samples.
func Peak(x []float32) float64 {
	var most float64
	for _, v := range x {
		most = max(most, math.Abs(float64(v)))
	}
	return decibel(most * most)
}

// Zeros is the share of samples that are exactly 0, 0 to 1; 0 for no samples. An open
// microphone has few; a muted one, or one without permission, has nothing else.
func Zeros(x []float32) float64 { return share(x, func(v float32) bool { return v == 0 }) }

// DC is the mean of the samples, -1 to 1; 0 for no samples.
func DC(x []float32) float64 {
	if len(x) == 0 {
		return 0
	}
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

// Levels is the level in dBFS of each whole frame of that many samples, its DC taken off:
// a constant offset is no sound.
func Levels(x []float32, frame int) []float64 {
	if frame <= 0 {
		return nil
	}
	out := make([]float64, 0, len(x)/frame)
	for piece := range slices.Chunk(x, frame) {
		if len(piece) == frame {
			dc := DC(piece)
			out = append(out, decibel(max(0, power(piece)-dc*dc)))
		}
	}
	return out
}

// NoiseFloor is the level in dBFS that the given share of the frame levels stays
// under: 0.5 in a recording that should be quiet, where up to half of it may be
// something else; 0.2 in one where somebody speaks. Steady noise over frames of 20 ms
// comes out right with 0.5, and up to half a decibel low with 0.2. ok is false where
// there are no levels, or that share of them is digital silence: the room is then unknown.
func NoiseFloor(levels []float64, quantile float64) (floor float64, ok bool) {
	if len(levels) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(levels))
	floor = sorted[min(len(sorted)-1, int(quantile*float64(len(sorted))))]
	return floor, !math.IsInf(floor, -1)
}

func power(x []float32) float64 {
	if len(x) == 0 {
		return 0
	}
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(x))
}

func share(x []float32, is func(float32) bool) float64 {
	if len(x) == 0 {
		return 0
	}
	n := 0
	for _, v := range x {
		if is(v) {
			n++
		}
	}
	return float64(n) / float64(len(x))
}

// decibel of a power, linear its inverse.
func decibel(power float64) float64 { return 10 * math.Log10(power) }
func linear(db float64) float64     { return math.Pow(10, db/10) }
