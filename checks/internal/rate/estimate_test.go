package rate

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestEstimateLeavesTheBeginningOut(t *testing.T) {
	var c Counter
	fill(&c, 3500*time.Millisecond, func(at time.Duration) float64 {
		return min(1, 0.05+at.Seconds()) * 80 // a second until it is steady
	})
	e, ok := c.Estimate()
	if !ok {
		t.Fatal("no estimate of 3.5 s")
	}
	near(t, "estimate", e.Mbps, 80, 0.01)
	if e.Ramp < 700*time.Millisecond || e.Ramp > time.Second || e.Bins != 69-int(e.Ramp/Bin) || !e.Steady {
		t.Errorf("%v left out, %d bins, steady %v", e.Ramp, e.Bins, e.Steady)
	}
}

// What is late for one lost packet comes in a burst afterwards: neither is the line's speed.
func TestEstimateTakesTheCrowd(t *testing.T) {
	var c Counter
	fill(&c, 3*time.Second, func(at time.Duration) float64 {
		switch {
		case at >= 2*time.Second && at < 2200*time.Millisecond:
			return 10
		case at >= 2200*time.Millisecond && at < 2300*time.Millisecond:
			return 140
		default:
			return 50
		}
	})
	e, _ := c.Estimate()
	near(t, "estimate", e.Mbps, 50, 0.01)
	if !e.Steady || e.P10 > 50.5 || e.P90 < 49.5 {
		t.Errorf("%+v", e)
	}
}

// A line that changes for good, or stops for a while, is told from a steady one, and what it carried in all counts.
func TestEstimateOfAnUnsteadyLine(t *testing.T) {
	var step, outage, swing Counter
	fill(&step, 4*time.Second, func(at time.Duration) float64 {
		if at < 2*time.Second {
			return 40
		}
		return 10
	})
	e, _ := step.Estimate()
	near(t, "step", e.Mbps, 25, 0.02)
	near(t, "before", e.Before, 40, 0.05)
	near(t, "after", e.After, 10, 0.05)
	if e.Steady || e.Tight(0.025) {
		t.Errorf("a step is steady: %+v", e)
	}
	fill(&outage, 4*time.Second, func(at time.Duration) float64 {
		if at >= 1500*time.Millisecond && at < 3500*time.Millisecond {
			return 0
		}
		return 40
	})
	e, _ = outage.Estimate()
	near(t, "mean with an outage of two of four seconds", e.Mbps, 20, 0.05)
	near(t, "before the outage", e.Before, 40, 0.02)
	near(t, "after the outage", e.After, 40, 0.1)
	if e.Steady || e.Pause < 1900*time.Millisecond || e.Pause > 2*time.Second {
		t.Errorf("an outage of two of four seconds: %+v", e)
	}
	fill(&swing, 4*time.Second, func(at time.Duration) float64 { return 25 + 22*math.Sin(at.Seconds()*8) })
	if e, _ := swing.Estimate(); e.Steady || math.Abs(e.Mbps-25) > 2.5 {
		t.Errorf("a swing: %+v", e)
	}
}

// The interval holds the truth 19 times of 20, or nearly, and a slow line's few packets do not bias it.
func TestEstimateIsTrueAndSaysHowSure(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, speed := range []float64{0.5, 3, 50} {
		within, sum := 0, 0.0
		const n = 300
		for range n {
			var c Counter
			gap := 1448 * 8 / speed / 1e6 // seconds between packets
			for at := 0.0; at < 3; at += gap * random.ExpFloat64() {
				c.Add(1448, epoch.Add(time.Duration(at*1e9)))
			}
			e, _ := c.Estimate()
			sum += e.Mbps
			if e.Low <= speed && speed <= e.High {
				within++
			}
		}
		near(t, "mean of the estimates", sum/n, speed, 0.025)
		if within < n*80/100 {
			t.Errorf("at %v Mbit/s the interval held the truth %d times of %d", speed, within, n)
		}
	}
}

func TestEstimateShort(t *testing.T) {
	tests := []struct {
		name   string
		length time.Duration
		ok     bool
		bins   int
	}{
		{"nothing", 0, false, 0},
		{"one byte count", 10 * time.Millisecond, false, 0},
		{"two bins as a whole", 110 * time.Millisecond, true, 1},
		{"twelve, but the first two", 610 * time.Millisecond, true, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c Counter
			fill(&c, tt.length, func(time.Duration) float64 { return 100 })
			e, ok := c.Estimate()
			if ok != tt.ok || e.Bins != tt.bins {
				t.Fatalf("Estimate() = %+v, %v; want ok %v and %d bins", e, ok, tt.ok, tt.bins)
			}
			if ok {
				near(t, "estimate", e.Mbps, 100, 0.15)
			}
		})
	}
}

func TestTrace(t *testing.T) {
	var c Counter
	fill(&c, time.Second, func(time.Duration) float64 { return 80 })
	at, speed := c.Trace(2 * Bin)
	if len(at) != 9 || len(speed) != 9 || at[1] != 2*Bin {
		t.Fatalf("%v %v", at, speed)
	}
	near(t, "trace", speed[4], 80, 0.01)
	near(t, "between", c.Between(epoch.Add(200*time.Millisecond), epoch.Add(400*time.Millisecond)), 80, 0.01)
	if c.Between(epoch, epoch) != 0 || (&Counter{}).Between(epoch, epoch.Add(time.Second)) != 0 {
		t.Error("a speed of nothing")
	}
}

func TestWhatIsRecordedOfAnEstimate(t *testing.T) {
	got := map[string]float64{}
	add := func(key string, v float64, _ string, _ int) { got[key] = v }
	Estimate{Mbps: 5, Bins: 1}.Each("upload", add)
	if len(got) != 1 || got["internet.upload.mbps"] != 5 {
		t.Errorf("%v", got)
	}
	Estimate{Mbps: 5, Low: 4, High: 6, Before: 1, After: 9, Pause: time.Second, Bins: 20}.Each("upload", add)
	if len(got) != 8 || got["internet.upload.pause.ms"] != 1000 || got["internet.upload.after.mbps"] != 9 {
		t.Errorf("%v", got)
	}
}

func TestDecides(t *testing.T) {
	e := Estimate{Mbps: 20, Low: 18, High: 22, Bins: 20} // 99 %: 3.14 on either side
	for bound, want := range map[float64][2]bool{10: {true, false}, 16.8: {true, false}, 17: {false, false}, 23: {false, false}, 23.2: {false, true}} {
		if above, below := e.Decides(bound); above != want[0] || below != want[1] {
			t.Errorf("%v: above %v, below %v", bound, above, below)
		}
	}
	if above, below := (Estimate{Mbps: 20, Low: 20, High: 20, Bins: 1}).Decides(10); above || below {
		t.Error("decided from one bin")
	}
}
