package media

import (
	"math"
	"time"

	"linecheck/checks/internal/stats"
)

// batch is how many changes of transit time are taken together for the interval
// of the jitter: half a second's, so that neighbours, which depend on each other, fall together.
const batch = 25

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
	before    time.Duration // and as it was when the last batch was full
	batches   []float64     // mean step of each batch, in ms
}

// Add counts a packet by the sender's sequence number and clock and the
// receiver's clock. It is false for a packet that came before or is out of range.
func (t *Tally) Add(seq uint32, sent, arrived time.Duration) bool {
	if seq >= MaxPackets || t.has(seq) {
		return false
	}
	t.seen[seq/64] |= 1 << (seq % 64)
	transit := arrived - sent
	if t.unique > 0 {
		t.wander += (transit - t.transit).Abs()
		if t.steps++; t.steps%batch == 0 {
			t.batches = append(t.batches, (t.wander-t.before).Seconds()*1000/batch)
			t.before = t.wander
		}
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

func (t *Tally) has(seq uint32) bool { return t.seen[seq/64]&(1<<(seq%64)) != 0 }

// Unique is how many different packets came.
func (t *Tally) Unique() int { return t.unique }

// Expected is how many were sent at least, by the highest sequence number that came.
func (t *Tally) Expected() int { return int(t.next) }

// Reordered is how many came after one with a higher number.
func (t *Tally) Reordered() int { return t.reordered }

// Jitter is the mean change of transit time from one arrival to the next, in
// milliseconds: the value towards which the running estimate of RFC 3550, 6.4.1
// converges, without that estimate's noise. With less than two packets it is not a number.
func (t *Tally) Jitter() Jitter {
	if t.steps == 0 {
		return Jitter{MS: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	j := Jitter{MS: t.wander.Seconds() * 1000 / float64(t.steps), Samples: t.steps}
	j.Low, j.High = stats.MeanInterval(j.MS, t.batches)
	return j
}

// Loss is what is missing of the first sent packets.
func (t *Tally) Loss(sent int) Loss {
	l := Loss{Sent: sent}
	missing := false
	for seq := range uint32(min(sent, MaxPackets)) {
		gone := !t.has(seq)
		if gone {
			l.Lost++
			if !missing {
				l.Bursts++
			}
		}
		missing = gone
	}
	return l
}

// Jitter is a mean with its 95 % interval, in ms, over so many changes of transit time.
type Jitter struct {
	MS, Low, High float64
	Samples       int
}

// Fill writes it under a key.
func (j Jitter) Fill(key string, add func(key string, v float64, unit string, samples int)) {
	add(key, j.MS, "ms", j.Samples)
	add(key+".low", j.Low, "ms", j.Samples)
	add(key+".high", j.High, "ms", j.Samples)
}

// Loss is how many packets of a stream are missing, and in how many runs they were lost.
type Loss struct{ Sent, Lost, Bursts int }

// Ratio is the share that is missing; not a number where nothing was sent.
func (l Loss) Ratio() float64 { return float64(l.Lost) / float64(l.Sent) }

// Fill writes the share with its 95 % interval under a key and the mean length of
// a run of losses under another; no length where nothing was lost.
func (l Loss) Fill(key, burst string, add func(key string, v float64, unit string, samples int)) {
	low, high := stats.LossInterval(l.Lost, l.Sent, l.Bursts)
	add(key, l.Ratio(), "ratio", l.Sent)
	add(key+".low", low, "ratio", l.Sent)
	add(key+".high", high, "ratio", l.Sent)
	if l.Bursts > 0 {
		add(burst, float64(l.Lost)/float64(l.Bursts), "packets", l.Bursts)
	}
}
