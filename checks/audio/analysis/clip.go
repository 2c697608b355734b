package analysis

import "math"

const (
	// atTop: samples within this part of the largest magnitude lie at the top; near is the part below
	// it that says how many would lie there by themselves.
	atTop, near = 0.001, 0.01
	// mostNatural is how many times as many samples the top may hold as the same width below it:
	// a pure tone, whose top is the flattest that is natural, has 4.2.
	mostNatural = 10
	// fewestTops is the fewest samples that are told from chance.
	fewestTops = 10
	// inRow is the share of the samples at the top that must lie side by side: a wave that is cut
	// off is flat there, one that peaks is not.
	inRow = 0.25
	// mostSingle is the largest share of all samples that may be cut off one by one at full
	// scale, as hiss is. Where there are more, at least byChance of those neighbours must be
	// there that chance gives: a tone whose peaks fall on samples has none.
	mostSingle, byChance = 0.01, 0.5
	// fullScale is the largest 16-bit sample, about; lowestClip the lowest top at which a wave is taken
	// for cut off: the steps of a very quiet one are flat too.
	fullScale, lowestClip = 0.9999, 0.1
)

// Clipped is the share of samples, 0 to 1, where the wave is cut off: at full
// scale, or flat below it, as when it was cut off before it was made quieter. It compares how many
// samples lie within 0.1 % of the largest magnitude with how many lie just below. A
// wave that only touches full scale has none.
func Clipped(x []float32) float64 {
	var most float64
	for _, v := range x {
		most = max(most, math.Abs(float64(v)))
	}
	if most < lowestClip {
		return 0
	}
	top, below := most*(1-atTop), most*(1-near)
	var tops, neighbours, beside, positive int
	before := 0
	for _, v := range x {
		side := 0
		switch m := math.Abs(float64(v)); {
		case m >= top:
			side = 1
			if v < 0 {
				side = -1
			} else {
				positive++
			}
			tops++
			if side == before {
				neighbours++
			}
		case m >= below:
			beside++
		}
		before = side
	}
	natural := float64(beside) * atTop / (near - atTop)
	if tops < fewestTops || float64(tops) < mostNatural*natural {
		return 0
	}
	share := float64(tops) / float64(len(x))
	bothSides := positive*4 >= tops && (tops-positive)*4 >= tops
	single := most >= fullScale && share < mostSingle || share >= mostSingle && float64(neighbours) >= byChance*float64(tops)*share/2
	if float64(neighbours) < inRow*float64(tops) && !(bothSides && single) {
		return 0
	}
	return share - natural/float64(len(x))
}
