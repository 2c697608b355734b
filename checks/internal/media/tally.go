package media

import (
	"math"
	"time"
)

// Tally counts one direction of a stream as it arrives. Its zero value is ready
// for use, by one goroutine at a time.
type Tally struct {
	seen      [MaxPackets / 64]uint64
	unique    int
	reordered int
	next      uint32 // one more than the highest sequence number
	transit   time.Duration
	steps     int
	wander    time.Duration // sum of the steps' sizes
}

// Add counts a packet by the sender's sequence number and clock and the
// receiver's clock. It is false for a packet that came before or is out of range.
func (t *Tally) Add(seq uint32, sent, arrived time.Duration) bool {
	if seq >= MaxPackets || t.seen[seq/64]&(1<<(seq%64)) != 0 {
		return false
	}
	t.seen[seq/64] |= 1 << (seq % 64)
	transit := arrived - sent
	if t.unique > 0 {
		t.wander += (transit - t.transit).Abs()
		t.steps++
	}
	t.transit = transit
	t.unique++
	if seq < t.next {
		t.reordered++
	} else {
		t.next = seq + 1
	}
	return true
}

// Unique is how many different packets came.
func (t *Tally) Unique() int { return t.unique }

// Expected is how many were sent at least, by the highest sequence number that came.
func (t *Tally) Expected() int { return int(t.next) }

// Reordered is how many came after one with a higher number.
func (t *Tally) Reordered() int { return t.reordered }

// Jitter is the mean change of transit time from one arrival to the next, in
// milliseconds, and how many changes it rests on: the value towards which the
// running estimate of RFC 3550, 6.4.1 converges, without that estimate's noise.
// It is NaN with less than two packets.
func (t *Tally) Jitter() (ms float64, samples int) {
	if t.steps == 0 {
		return math.NaN(), 0
	}
	return t.wander.Seconds() * 1000 / float64(t.steps), t.steps
}
