package testnet

import (
	"math"
	"math/rand/v2"
	"time"
)

// Direction is how one direction of a line treats packets. The zero value lets
// everything through at once.
type Direction struct {
	// Rate of the bottleneck in bit/s, IP headers counted; 0 is unlimited.
	Rate float64
	// Delay is what every packet waits after the bottleneck.
	Delay time.Duration
	// Jitter is the standard deviation of a normally distributed addition to Delay.
	// A draw holds for 5 ms, and packets keep their order.
	Jitter time.Duration
	// Loss is the share of packets that are lost after the bottleneck, 0 to 1.
	Loss float64
	// Burst is the mean number of packets that are lost together; 0 and 1 lose each for itself.
	Burst float64
	// Queue is how long a packet may wait at the bottleneck; one that had to wait longer is dropped.
	Queue time.Duration
}

// Line is both directions, as the near end (the applicant) sees them.
type Line struct{ Down, Up Direction }

// Symmetric is a common kind of line: rates in Mbit/s, half the round trip and
// the same loss each way, a queue at both bottlenecks.
func Symmetric(down, up float64, rtt time.Duration, loss float64, queue time.Duration) Line {
	one := func(mbps float64) Direction {
		return Direction{Rate: mbps * 1e6, Delay: rtt / 2, Loss: loss, Queue: queue}
	}
	return Line{Down: one(down), Up: one(up)}
}

// Goodput is the payload in Mbit/s that TCP can carry over a direction: full
// packets of 1500 bytes with 1448 of payload, less what is lost.
func (d Direction) Goodput() float64 { return d.Rate / 1e6 * 1448 / 1500 * (1 - d.Loss) }

// hold is how long a draw of the jitter counts.
const hold = 5 * time.Millisecond

// schedule decides in virtual time what becomes of packets: a late wake-up of
// the emulator delays a packet, but never changes the rate.
type schedule struct {
	d      Direction
	random *rand.Rand

	free    time.Duration // when the bottleneck is free again
	last    time.Duration // the latest delivery
	drawn   time.Duration // when the jitter was drawn
	extra   time.Duration
	started bool
	bad     bool // in a burst of loss
	dropped int
	lost    int
	passed  int
	bytes   int64
}

func newSchedule(d Direction, seed uint64) *schedule {
	return &schedule{d: d, random: rand.New(rand.NewPCG(seed, 1))}
}

// take returns when a packet of so many bytes that arrives now is delivered; ok
// is false where it is dropped or lost.
func (s *schedule) take(now time.Duration, bytes int) (at time.Duration, ok bool) {
	s.bytes += int64(bytes)
	leaves := now
	if s.d.Rate > 0 {
		start := max(now, s.free)
		if start-now > s.d.Queue {
			s.dropped++
			return 0, false
		}
		s.free = start + time.Duration(math.Round(float64(bytes)*8/s.d.Rate*1e9))
		leaves = s.free
	}
	if s.lose() {
		s.lost++
		return 0, false
	}
	s.passed++
	at = max(leaves+max(0, s.d.Delay+s.jitter(leaves)), s.last)
	s.last = at
	return at, true
}

func (s *schedule) jitter(now time.Duration) time.Duration {
	if s.d.Jitter == 0 {
		return 0
	}
	if !s.started || now-s.drawn >= hold {
		s.started, s.drawn = true, now
		s.extra = time.Duration(s.random.NormFloat64() * float64(s.d.Jitter))
	}
	return s.extra
}

// lose draws whether a packet is lost. With bursts it is a chain of two states:
// in the bad one all are lost, and it lasts Burst packets in the mean.
func (s *schedule) lose() bool {
	switch {
	case s.d.Loss <= 0:
		return false
	case s.d.Loss >= 1:
		return true
	case s.d.Burst <= 1:
		return s.random.Float64() < s.d.Loss
	}
	end := 1 / s.d.Burst
	begin := end * s.d.Loss / (1 - s.d.Loss)
	if s.bad {
		s.bad = s.random.Float64() >= end
	} else {
		s.bad = s.random.Float64() < begin
	}
	return s.bad
}
