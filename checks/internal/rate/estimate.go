package rate

import (
	"math"
	"slices"
	"time"

	"linecheck/checks/internal/stats"
)

const (
	// shortest is the shortest transfer that says anything about speed.
	shortest = 10 * time.Millisecond
	// reached is the share of the later speed at which the beginning is over.
	reached = 0.92
	// start is how many bins are left out at least.
	start = 2
	// look is how many bins the speed of the beginning is averaged over.
	look = 4
	// mostRamp is the largest share of a transfer that may be its beginning.
	mostRamp = 0.6
	// packets is how many full packets a sample should hold, so that it is not
	// coarse where the line is slow; packet is one of them in bytes.
	packets, packet = 40, 1448
	// crowd is the share of the samples that the result rests on: the closest together.
	crowd = 0.75
	// enough is how many samples there must be for that.
	enough = 8
	// batches is how many parts the confidence interval rests on; student is the
	// two-sided 95 % point of Student's distribution for one part less.
	batches, student = 6, 2.571
	// student99 is the same for 99 %.
	student99 = 4.032
	// part is the shortest time before and after a change, in bins; jump how large a
	// change is one, and swing how far the samples may spread: shares of the speed.
	part, jump, swing = 12, 0.35, 1.0
	// hole is how many bins in a row without a byte make a pause, where missed packets
	// or more would have come in them: on a slow line some bins are empty by nature.
	hole, missed = 10, 20

	unit = "Mbit/s"
)

// Estimate is how fast bytes moved once they moved steadily.
type Estimate struct {
	// Mbps is the speed in Mbit/s (10^6 bits a second).
	Mbps float64
	// Low and High bound it with 95 % confidence; equal to Mbps where too little was seen to say.
	Low, High float64
	// P10 and P90 are quantiles of the samples.
	P10, P90 float64
	// Bins is how many bins it rests on; 1 where the transfer was too short for bins.
	Bins int
	// Steady says that the speed did not swing and did not change for good in the middle.
	// Where it did, Mbps is the mean of all that was seen, pauses included.
	Steady bool
	// Before and After are the speeds around the longest pause, or else around the largest change; both 0 where there was none.
	Before, After float64
	// Pause is the longest time in which nothing moved; 0 where there was none worth the name.
	Pause time.Duration
	// Span is the time between the first and the last byte, Ramp how much of its beginning was left out.
	Span, Ramp time.Duration
}

// Tight says whether the confidence interval is within that share of the speed on either side.
func (e Estimate) Tight(share float64) bool {
	return e.Bins >= batches && (e.High-e.Low)/2 <= share*e.Mbps
}

// Decides says whether the speed lies above a bound, or below it, with 99 %
// confidence; neither where that is open, or too little was seen to say.
func (e Estimate) Decides(bound float64) (above, below bool) {
	if e.Bins < batches {
		return false, false
	}
	half := (e.High - e.Mbps) * student99 / student
	return e.Mbps-half >= bound, e.Mbps+half < bound
}

// Estimate leaves the beginning out, in which connections still find their
// speed, and gives the mean of the samples that crowd: of the three quarters that lie
// closest together. A sample is one bin of [Bin], or as many as hold forty packets
// where the line is slow. A transfer of fewer than three bins is taken as a
// whole. ok is false where less than 10 ms were seen.
func (c *Counter) Estimate() (e Estimate, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	span := c.last.Sub(c.first)
	if c.total == 0 || span < shortest {
		return Estimate{}, false
	}
	full := min(int(span/Bin), maxBins)
	if full < 3 {
		v := c.speed(c.total, span)
		return Estimate{Mbps: v, Low: v, High: v, P10: v, P90: v, Bins: 1, Span: span, Steady: true}, true
	}
	bins := make([]float64, full)
	for i := range min(full, len(c.bins)) {
		bins[i] = c.speed(c.bins[i], Bin)
	}
	from := ramp(bins)
	e = judge(bins[from:])
	e.Span, e.Ramp = span, time.Duration(from)*Bin
	return e, true
}

// ramp is how many bins the beginning takes: until the mean of a few reaches
// nearly the speed of the second half. The first bins never count: what had come
// before anybody counted is in them.
func ramp(bins []float64) int {
	later := slices.Sorted(slices.Values(bins[len(bins)/2:]))
	goal := reached * later[len(later)/2]
	most := int(mostRamp * float64(len(bins)))
	for i := min(start, most); i < most; i++ {
		if stats.Mean(bins[i:min(i+look, len(bins))]) >= goal && bins[i] >= goal*0.8 {
			return i
		}
	}
	return most
}

// judge is the speed of bins in which bytes moved steadily.
func judge(bins []float64) Estimate {
	e := Estimate{Bins: len(bins)}
	samples := group(bins, width(stats.Mean(bins)))
	sorted := slices.Sorted(slices.Values(samples))
	e.Mbps = stats.Mean(closest(sorted))
	e.P10, e.P90 = stats.Quantile(sorted, 0.1), stats.Quantile(sorted, 0.9)
	e.steadiness(bins, sorted)
	e.Low, e.High = e.Mbps, e.Mbps
	if n := len(bins) / batches; n > 0 {
		parts := group(bins, n)[:batches]
		half := student * spread(parts) / math.Sqrt(batches)
		e.Low, e.High = max(0, e.Mbps-half), e.Mbps+half
	}
	return e
}

// steadiness looks whether the speed swings between its samples, or was another
// one before and after some moment.
func (e *Estimate) steadiness(bins, sorted []float64) {
	e.Steady = true
	if from, n := pause(bins); n > 0 {
		e.Steady, e.Pause, e.Mbps = false, time.Duration(n)*Bin, stats.Mean(bins)
		e.Before, e.After = stats.Mean(bins[:from]), stats.Mean(bins[from+n:])
		return
	}
	if len(bins) < 2*part {
		return
	}
	most := 0.0
	for i := part; i+part <= len(bins); i++ {
		before, after := stats.Mean(bins[:i]), stats.Mean(bins[i:])
		if change := math.Abs(before-after) / max(before, after); change > most {
			most, e.Before, e.After = change, before, after
		}
	}
	swings := len(sorted) >= enough && e.P90-e.P10 > swing*stats.Mean(bins)
	if most < jump {
		e.Before, e.After = 0, 0
	}
	if most >= jump || swings {
		e.Steady, e.Mbps = false, stats.Mean(bins)
	}
}

// pause is the longest run of bins between others in which nothing moved; n is 0 where it is none.
func pause(bins []float64) (from, n int) {
	empty := 0
	for i, v := range bins {
		if v > 0 {
			empty = 0
			continue
		}
		if empty++; empty > n {
			from, n = i+1-empty, empty
		}
	}
	expected := stats.Mean(bins) * 1e6 / 8 * Bin.Seconds() / packet * float64(n)
	if n < hole || expected < missed || from == 0 || from+n == len(bins) {
		return 0, 0
	}
	return from, n
}

// Each gives what is recorded of an estimate to add, under the keys of a
// direction ("download" or "upload").
func (e Estimate) Each(way string, add func(key string, v float64, unit string, samples int)) {
	key := func(name string) string { return "internet." + way + "." + name }
	add(key("mbps"), e.Mbps, unit, e.Bins)
	if e.Bins < 2 {
		return
	}
	add(key("low.mbps"), e.Low, unit, e.Bins)
	add(key("high.mbps"), e.High, unit, e.Bins)
	add(key("p10.mbps"), e.P10, unit, e.Bins)
	add(key("p90.mbps"), e.P90, unit, e.Bins)
	if e.Before > 0 || e.After > 0 {
		add(key("before.mbps"), e.Before, unit, e.Bins)
		add(key("after.mbps"), e.After, unit, e.Bins)
	}
	if e.Pause > 0 {
		add(key("pause.ms"), float64(e.Pause.Milliseconds()), "ms", 1)
	}
}

// width is how many bins make a sample of enough packets at that speed.
func width(speed float64) int {
	inBin := speed * 1e6 / 8 * Bin.Seconds() / packet
	if inBin <= 0 {
		return 1
	}
	return max(1, int(math.Ceil(packets/inBin)))
}

// group is the mean of every n bins; what is left over at the end belongs to no group.
func group(bins []float64, n int) []float64 {
	if n >= len(bins) {
		return []float64{stats.Mean(bins)}
	}
	var out []float64
	for i := 0; i+n <= len(bins); i += n {
		out = append(out, stats.Mean(bins[i:i+n]))
	}
	return out
}

// closest is the shortest run of sorted samples that holds the crowd; all where there are few.
func closest(sorted []float64) []float64 {
	if len(sorted) < enough {
		return sorted
	}
	n := int(math.Ceil(crowd * float64(len(sorted))))
	best := 0
	for i := 1; i+n <= len(sorted); i++ {
		if sorted[i+n-1]-sorted[i] < sorted[best+n-1]-sorted[best] {
			best = i
		}
	}
	return sorted[best : best+n]
}

// spread is the standard deviation of a sample.
func spread(values []float64) float64 {
	m, sum := stats.Mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(values)-1))
}
