// Package stats is the small statistics that more than one check needs: numbers
// in, a number out. What has no value (a quantile of nothing) is NaN, which a
// recorder leaves out. No measuring, no units and no judgment come in here.
package stats

import (
	"math"
	"slices"
)

// wilsonZ is the two-sided 95 % point of the normal distribution.
const wilsonZ = 1.959963984540054

// Quantile is the p-quantile (0 to 1) of values in ascending order, linear
// between neighbours (type 7 of Hyndman and Fan, 1996). It is NaN where there
// are no values or p is out of range.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	at := p * float64(len(sorted)-1)
	low := int(at)
	if low == len(sorted)-1 {
		return sorted[low]
	}
	part := at - float64(low)
	return sorted[low]*(1-part) + sorted[low+1]*part
}

// Median is the middle of the values, in any order; they are not changed. It is NaN of nothing.
func Median(values []float64) float64 {
	return Quantile(slices.Sorted(slices.Values(values)), 0.5)
}

// Mean is the arithmetic mean, NaN of nothing.
func Mean(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Wilson is the 95 % score interval (Wilson, 1927) of a ratio of which k of n
// were seen: between which bounds the true ratio lies. Without samples, or with
// k outside 0 to n, nothing is known: both bounds are NaN.
func Wilson(k, n int) (lo, hi float64) {
	if n <= 0 || k < 0 || k > n {
		return math.NaN(), math.NaN()
	}
	size, p := float64(n), float64(k)/float64(n)
	z2 := wilsonZ * wilsonZ
	middle := (p + z2/(2*size)) / (1 + z2/size)
	reach := wilsonZ / (1 + z2/size) * math.Sqrt(p*(1-p)/size+z2/(4*size*size))
	lo, hi = max(0, middle-reach), min(1, middle+reach)
	if k == 0 {
		lo = 0 // rounding leaves a trace
	}
	if k == n {
		hi = 1
	}
	return lo, hi
}
