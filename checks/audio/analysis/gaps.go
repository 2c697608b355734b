package analysis

import "slices"

// leastGap is the shortest stretch that counts as a drop-out, in parts of a second: 3 ms. A
// quiet microphone of 16 bits gives single zeros, but hardly so many in a row.
const leastGap = 1.0 / 333

// loudEdge is how loud the sound must be on one side of a hole: what fades out before, as where
// noise suppression closes between words, is none.
const loudEdge = 0.003

// Gaps are the holes in a recording that had sound before and after them.
type Gaps struct {
	// Count is how many there are.
	Count int
	// Seconds is how long they are together.
	Seconds float64
}

// DropOuts finds stretches of 3 ms or more in which the sound stopped: exact
// zeros, or one and the same value, cut into sound of -50 dBFS or more; and pieces
// of sound that came twice, bit for bit. Silence at the beginning or the end is none.
func DropOuts(x []float32, rate int) (g Gaps) {
	least := int(leastGap * float64(rate))
	if least < 2 {
		return g
	}
	add := func(samples int) { g.Count, g.Seconds = g.Count+1, g.Seconds+float64(samples)/float64(rate) }
	first := slices.IndexFunc(x, func(v float32) bool { return v != 0 })
	if first < 0 {
		return g
	}
	for i := first; i < len(x); {
		end := i + 1
		for end < len(x) && x[end] == x[i] {
			end++
		}
		if end-i >= least && end < len(x) && i > 0 && magnitude(x[i]) < lowestClip && max(magnitude(x[i-1]), magnitude(x[end])) >= loudEdge {
			add(end - i)
		}
		i = end
	}
	for _, n := range repeats(x, rate/100) {
		add(n)
	}
	return g
}

func magnitude(v float32) float32 { return max(v, -v) }

// repeats finds pieces of at least so many samples that equal those just before them, for
// the lengths of buffer that sound systems use: 10 ms and multiples of it up to 100 ms.
func repeats(x []float32, unit int) (found []int) {
	for size := unit; unit > 0 && size <= 10*unit; size += unit {
		run := 0
		for i := size; i < len(x); i++ {
			if x[i] == x[i-size] && x[i] != 0 {
				run++
				continue
			}
			if run >= size && !constant(x[i-run:i]) {
				found = append(found, run)
			}
			run = 0
		}
	}
	return found
}

func constant(x []float32) bool { return slices.Min(x) == slices.Max(x) }
