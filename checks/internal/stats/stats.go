// Package stats is the small statistics that more than one check needs: numbers
// in, a number out. What has no value (a quantile of nothing) is NaN, which a
// recorder leaves out. No measuring, no units and no judgment come in here.
package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
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

// MidMean is the mean of the middle half of the values (the interquartile mean):
// nearly as steady as the mean, and blind to what is far out. NaN of none.
func MidMean(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	out := len(sorted) / 4
	return Mean(sorted[out : len(sorted)-out])
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
	lo, hi = wilson(float64(k), float64(n))
	if k == 0 {
		lo = 0 // rounding leaves a trace
	}
	if k == n {
		hi = 1
	}
	return lo, hi
}

// wilson also takes parts of samples.
func wilson(k, size float64) (lo, hi float64) {
	p := k / size
	z2 := wilsonZ * wilsonZ
	middle := (p + z2/(2*size)) / (1 + z2/size)
	reach := wilsonZ / (1 + z2/size) * math.Sqrt(p*(1-p)/size+z2/(4*size*size))
	return max(0, middle-reach), min(1, middle+reach)
}

// LossInterval is the 95 % interval of a share of lost packets: Wilson's, for as
// many independent packets as so many of a chain of two states are worth (each
// run of losses is one burst). Losses that come in bursts tell less than as many single ones.
func LossInterval(lost, sent, bursts int) (low, high float64) {
	if sent <= 0 || lost < 0 || lost > sent {
		return math.NaN(), math.NaN()
	}
	if lost == 0 || lost == sent {
		return Wilson(lost, sent)
	}
	alike := 1 - float64(bursts)/float64(lost) - float64(bursts)/float64(sent-lost) // correlation of neighbours
	alike = min(0.98, max(0, alike))
	worth := (1 - alike) / (1 + alike)
	return wilson(float64(lost)*worth, float64(sent)*worth)
}

// MeanInterval is the 95 % interval of a mean by the means of batches of its
// values (Student's t); unknown with less than four batches.
func MeanInterval(mean float64, batches []float64) (low, high float64) {
	n := len(batches)
	if n < 4 {
		return math.NaN(), math.NaN()
	}
	center, sum := Mean(batches), 0.0
	for _, b := range batches {
		sum += (b - center) * (b - center)
	}
	t := student(float64(n-1), 0.05)
	half := t * math.Sqrt(sum/float64(n-1)/float64(n))
	return max(0, mean-half), mean + half
}

// MedianInterval is the 95 % interval of the median of values in ascending order,
// by the ranks that it lies between (normal approximation of the binomial distribution);
// unknown of less than ten values.
func MedianInterval(sorted []float64) (low, high float64) {
	n := float64(len(sorted))
	if n < 10 {
		return math.NaN(), math.NaN()
	}
	half := wilsonZ * math.Sqrt(n) / 2
	at := func(rank float64) float64 { return sorted[min(len(sorted)-1, max(0, int(rank)))] }
	return at(math.Floor(n/2 - half - 0.5)), at(math.Ceil(n/2 + half - 0.5))
}

// student is the value that a variable of Student's t distribution with so many degrees of
// freedom is beyond, on either side, with probability p: by the incomplete beta function
// (Abramowitz and Stegun, 26.7.1). A library's own quantile brings the whole of linear algebra with it.
func student(freedom, p float64) float64 {
	x := mathext.InvRegIncBeta(freedom/2, 0.5, p)
	return math.Sqrt(freedom * (1 - x) / x)
}
