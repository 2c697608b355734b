package webrtc

import (
	"math"
	"time"
)

const (
	// The playout buffers that are tried.
	bufferMin  = 20 * time.Millisecond
	bufferMax  = 200 * time.Millisecond
	bufferStep = 10 * time.Millisecond
	// codecDelayMS is one frame of 20 ms and Opus' look-ahead of 6.5 ms.
	codecDelayMS = 26.5
)

// arrival is what became of one packet of one direction.
type arrival struct {
	came bool
	// transit is arrival minus sending, on two clocks that have nothing in
	// common: only differences between packets mean something.
	transit time.Duration
}

// quality is what a listener would hear of a direction.
type quality struct {
	mos    float64
	buffer time.Duration // the playout buffer that is best here
	heard  int           // packets it rests on
}

// listen rates a direction as a listener would hear it: for each playout buffer,
// packets that come too late for it count as lost, and the buffer itself as
// delay. The best one counts, since a good player finds it. rttMin is the shortest round trip.
func listen(packets []arrival, rttMin time.Duration) quality {
	fastest, ok := shortest(packets)
	if !ok {
		return quality{mos: math.NaN()}
	}
	best := quality{heard: len(packets)}
	bestR := math.Inf(-1)
	for buffer := bufferMin; buffer <= bufferMax; buffer += bufferStep {
		loss, burst := lateOrLost(packets, fastest+buffer)
		delay := float64(rttMin.Microseconds())/2000 + float64(buffer.Milliseconds()) + codecDelayMS
		if r := rating(delay, loss, burst); r > bestR {
			bestR, best.buffer = r, buffer
		}
	}
	best.mos = mosOf(bestR)
	return best
}

func shortest(packets []arrival) (time.Duration, bool) {
	least, ok := time.Duration(math.MaxInt64), false
	for _, p := range packets {
		if p.came {
			least, ok = min(least, p.transit), true
		}
	}
	return least, ok
}

// lateOrLost is the ratio of packets that are not there in time, and their burst
// ratio: the mean length of a burst over what it would be if losses were random.
func lateOrLost(packets []arrival, deadline time.Duration) (loss, burst float64) {
	missing, bursts, inBurst := 0, 0, false
	for _, p := range packets {
		gone := !p.came || p.transit > deadline
		if gone {
			missing++
			if !inBurst {
				bursts++
			}
		}
		inBurst = gone
	}
	if missing == 0 {
		return 0, 1
	}
	loss = float64(missing) / float64(len(packets))
	return loss, max(1, float64(missing)/float64(bursts)*(1-loss))
}
