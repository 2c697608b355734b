package testnet

import (
	"math"
	"testing"
	"time"
)

// flood sends full packets at a rate for a time and returns deliveries.
func flood(s *schedule, mbps float64, length time.Duration) (at []time.Duration) {
	gap := time.Duration(1500 * 8 / mbps * 1000)
	for now := time.Duration(0); now < length; now += gap {
		if t, ok := s.take(now, 1500); ok {
			at = append(at, t)
		}
	}
	return at
}

func TestTheRateIsExact(t *testing.T) {
	for _, mbps := range []float64{1, 10, 300} {
		s := newSchedule(Direction{Rate: mbps * 1e6, Queue: 100 * time.Millisecond}, 1)
		at := flood(s, 2*mbps, 20*time.Second)
		got := float64(len(at)-1) * 1500 * 8 / 1e6 / (at[len(at)-1] - at[0]).Seconds()
		if math.Abs(got/mbps-1) > 0.001 {
			t.Errorf("%v Mbit/s instead of %v", got, mbps)
		}
	}
}

func TestTheQueueIsAsLongAsItSays(t *testing.T) {
	s := newSchedule(Direction{Rate: 20e6, Queue: 500 * time.Millisecond, Delay: 10 * time.Millisecond}, 1)
	gap := 300 * time.Microsecond // twice the rate
	longest := time.Duration(0)
	for now := time.Duration(0); now < 5*time.Second; now += gap {
		if at, ok := s.take(now, 1500); ok {
			longest = max(longest, at-now)
		}
	}
	if longest < 505*time.Millisecond || longest > 512*time.Millisecond || s.dropped == 0 {
		t.Errorf("waited up to %v, %d dropped", longest, s.dropped)
	}
}

func TestLossIsAsSaid(t *testing.T) {
	for _, burst := range []float64{0, 4} {
		s := newSchedule(Direction{Loss: 0.02, Burst: burst}, 7)
		runs, last := 0, true
		for i := range 400_000 {
			_, ok := s.take(time.Duration(i), 100)
			if !ok && last {
				runs++
			}
			last = ok
		}
		ratio, mean := float64(s.lost)/400_000, float64(s.lost)/float64(runs)
		if math.Abs(ratio-0.02) > 0.0015 || math.Abs(mean-max(1.02, burst)) > 0.15 {
			t.Errorf("burst %v: %v lost, %v together", burst, ratio, mean)
		}
	}
}

func TestJitterHasItsSpreadAndKeepsOrder(t *testing.T) {
	s := newSchedule(Direction{Delay: 100 * time.Millisecond, Jitter: 7 * time.Millisecond}, 3)
	var sum, squares float64
	last := time.Duration(0)
	const n = 20_000
	for i := range n {
		now := time.Duration(i) * 100 * time.Millisecond
		at, _ := s.take(now, 100)
		if at < last {
			t.Fatal("out of order")
		}
		last = at
		d := (at - now).Seconds() * 1000
		sum, squares = sum+d, squares+d*d
	}
	mean := sum / n
	if sigma := math.Sqrt(squares/n - mean*mean); math.Abs(mean-100) > 0.3 || math.Abs(sigma-7) > 0.2 {
		t.Errorf("mean %v, spread %v", mean, sigma)
	}
}
