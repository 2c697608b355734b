// Package rate counts bytes over time and says how fast they moved once they
// moved steadily. Both ends of a speed test use it, so that their numbers mean
// the same. It opens no socket, reads no clock and knows no direction: whoever
// counts says when.
package rate

import (
	"sync"
	"time"
)

// Bin is the width of one bin of a [Counter].
const Bin = 50 * time.Millisecond

const (
	// ramp is what an estimate leaves out at the beginning, where connections
	// are still finding their speed: one second, but never more than a third.
	ramp = time.Second
	// maxBins bounds the memory of a counter to a minute; later bytes only count in the total.
	maxBins = int(time.Minute / Bin)
	// shortest is the shortest transfer that says anything about speed.
	shortest = 10 * time.Millisecond
	// recent is how many bins the speed of the moment rests on.
	recent = 5
)

// Counter counts bytes in bins of [Bin] from the first byte on. Its zero value
// is ready; its methods may be called from any goroutine.
type Counter struct {
	mu          sync.Mutex
	first, last time.Time
	bins        []int64
	total       int64
}

// Add counts n bytes that moved at that time. Nothing is counted for n < 1.
func (c *Counter) Add(n int, at time.Time) {
	if n < 1 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total == 0 {
		c.first, c.last = at, at
	}
	c.total += int64(n)
	if at.After(c.last) {
		c.last = at
	}
	i := max(0, int(at.Sub(c.first)/Bin))
	if i >= maxBins {
		return
	}
	for len(c.bins) <= i {
		c.bins = append(c.bins, 0)
	}
	c.bins[i] += int64(n)
}

// Total is how many bytes were counted.
func (c *Counter) Total() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// Span is when the first and the last byte were counted; both are zero before any.
func (c *Counter) Span() (first, last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first, c.last
}

// Recent is the speed of the moment in Mbit/s: the mean of the last quarter
// second of complete bins before that time; 0 where nothing moved.
func (c *Counter) Recent(at time.Time) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total == 0 {
		return 0
	}
	end := int(at.Sub(c.first) / Bin)
	var sum int64
	for i := max(0, end-recent); i < min(end, len(c.bins)); i++ {
		sum += c.bins[i]
	}
	return mbps(sum, recent*Bin)
}

// Estimate is how fast bytes moved steadily.
type Estimate struct {
	// Mbps is the speed in Mbit/s (10^6 bits of payload a second).
	Mbps float64
	// Bins is how many bins it rests on; 1 where the transfer was too short for bins.
	Bins int
	// Span is the time between the first and the last byte.
	Span time.Duration
}

// Estimate leaves out the first second (a third of the transfer, where that is
// less) and gives the mean of the complete bins after it, pauses included. A
// transfer of less than three bins is taken as a whole. ok is false where less
// than 10 ms were seen.
func (c *Counter) Estimate() (e Estimate, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	span := c.last.Sub(c.first)
	if c.total == 0 || span < shortest {
		return Estimate{}, false
	}
	full := min(int(span/Bin), maxBins)
	if full < 3 {
		return Estimate{Mbps: mbps(c.total, span), Bins: 1, Span: span}, true
	}
	skip := min(int(ramp/Bin), full/3)
	var sum int64
	for i := skip; i < min(full, len(c.bins)); i++ {
		sum += c.bins[i]
	}
	return Estimate{Mbps: mbps(sum, time.Duration(full-skip)*Bin), Bins: full - skip, Span: span}, true
}

func mbps(bytes int64, over time.Duration) float64 {
	return float64(bytes) * 8 / 1e6 / over.Seconds()
}
