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
	// maxBins bounds the memory of a counter to a minute; later bytes only count in the total.
	maxBins = int(time.Minute / Bin)
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
	// payload of so many bytes counted; see Correct.
	payload, counted int64
}

// Correct tells that of some of the bytes, counted by packets as if all were full,
// only payload was there: speeds are corrected by the ratio of all that was told.
func (c *Counter) Correct(payload, counted int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.payload, c.counted = c.payload+payload, c.counted+counted
}

// sure is how many bytes must have been looked at before they correct anything.
const sure = 100_000

// speed is the speed of so many counted bytes. The caller holds the lock.
func (c *Counter) speed(bytes int64, over time.Duration) float64 {
	v := mbps(bytes, over)
	if c.counted >= sure {
		v *= float64(c.payload) / float64(c.counted)
	}
	return v
}

// Add counts n bytes that moved at that time. Nothing is counted for n < 1.
func (c *Counter) Add(n int, at time.Time) {
	if n < 1 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(int64(n), at)
}

// AddOver counts n bytes that moved between two times, evenly: what is counted
// by looking now and then would else fall into one bin twice and into the next not at all.
func (c *Counter) AddOver(n int, from, to time.Time) {
	if n < 1 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total == 0 {
		c.first, c.last = from, from
	}
	span := to.Sub(from)
	done := int64(0)
	for at := from; at.Before(to); { // to the end of the bin in which it is
		next := c.first.Add((at.Sub(c.first)/Bin + 1) * Bin)
		if !next.Before(to) || at.Sub(c.first) >= time.Duration(maxBins)*Bin {
			break
		}
		part := int64(float64(n)*float64(next.Sub(from))/float64(span)) - done
		if part > 0 {
			c.add(part, at)
		}
		done, at = done+part, next
	}
	c.add(int64(n)-done, to.Add(-1))
	if to.After(c.last) {
		c.last = to
	}
}

// add counts n bytes. The caller holds the lock.
func (c *Counter) add(n int64, at time.Time) {
	if c.total == 0 {
		c.first, c.last = at, at
	}
	c.total += n
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
	c.bins[i] += n
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
	return c.speed(sum, recent*Bin)
}

// Between is the mean speed in Mbit/s of the complete bins between two times; 0
// where there are none.
func (c *Counter) Between(from, to time.Time) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total == 0 {
		return 0
	}
	i, end := max(0, int(from.Sub(c.first)/Bin)), int(to.Sub(c.first)/Bin)
	if end <= i {
		return 0
	}
	var sum int64
	for k := i; k < min(end, len(c.bins)); k++ {
		sum += c.bins[k]
	}
	return c.speed(sum, time.Duration(end-i)*Bin)
}

// Trace is the speed over time in Mbit/s, one value for every step (a multiple
// of [Bin]) from the first byte on.
func (c *Counter) Trace(step time.Duration) (at []time.Duration, speed []float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := int(step / Bin)
	full := min(int(c.last.Sub(c.first)/Bin), maxBins)
	for i := 0; n > 0 && i+n <= full; i += n {
		var sum int64
		for k := i; k < min(i+n, len(c.bins)); k++ {
			sum += c.bins[k]
		}
		at, speed = append(at, time.Duration(i)*Bin), append(speed, c.speed(sum, step))
	}
	return at, speed
}

func mbps(bytes int64, over time.Duration) float64 {
	return float64(bytes) * 8 / 1e6 / over.Seconds()
}
