package rate

import (
	"math"
	"sync"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fill adds bytes every 10 ms as the speed (Mbit/s at a time since the start) says.
func fill(c *Counter, length time.Duration, speed func(time.Duration) float64) {
	for t := time.Duration(0); t < length; t += 10 * time.Millisecond {
		c.Add(int(speed(t)*1e6/8*0.010), epoch.Add(t))
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s = %v, want %v within %v %%", what, got, want, tolerance*100)
	}
}

func TestEstimateLeavesRampOut(t *testing.T) {
	var c Counter
	fill(&c, 3500*time.Millisecond, func(at time.Duration) float64 {
		return min(1, 0.05+at.Seconds()) * 80 // a second until it is steady
	})
	e, ok := c.Estimate()
	if !ok {
		t.Fatal("no estimate of 3.5 s")
	}
	near(t, "estimate", e.Mbps, 80, 0.01)
	if e.Bins != 69-20 {
		t.Errorf("%d bins, want 49: 69 complete ones without the first second", e.Bins)
	}
}

func TestEstimateCountsPauses(t *testing.T) {
	var c Counter
	fill(&c, 3*time.Second, func(at time.Duration) float64 {
		if at >= 2*time.Second && at < 2500*time.Millisecond {
			return 0
		}
		return 40
	})
	e, _ := c.Estimate()
	near(t, "estimate", e.Mbps, 40*0.75, 0.03)
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
		{"a third left out", 610 * time.Millisecond, true, 8},
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

func TestRecentFollows(t *testing.T) {
	var c Counter
	if got := c.Recent(epoch); got != 0 {
		t.Errorf("Recent of nothing = %v", got)
	}
	fill(&c, 2*time.Second, func(at time.Duration) float64 {
		if at < time.Second {
			return 10
		}
		return 50
	})
	near(t, "first second", c.Recent(epoch.Add(time.Second)), 10, 0.01)
	near(t, "second second", c.Recent(epoch.Add(2*time.Second)), 50, 0.01)
	if got := c.Recent(epoch.Add(10 * time.Second)); got != 0 {
		t.Errorf("Recent long after = %v, want 0", got)
	}
}

func TestCounterIsBounded(t *testing.T) {
	var c Counter
	c.Add(5, epoch)
	c.Add(7, epoch.Add(48*time.Hour))
	c.Add(9, epoch.Add(-time.Hour))
	c.Add(0, epoch)
	c.Add(-4, epoch)
	if c.Total() != 21 || len(c.bins) > maxBins {
		t.Errorf("total %d in %d bins, want 21 in at most %d", c.Total(), len(c.bins), maxBins)
	}
	if e, ok := c.Estimate(); !ok || e.Mbps < 0 || math.IsNaN(e.Mbps) {
		t.Errorf("Estimate() = %+v, %v", e, ok)
	}
	if first, last := c.Span(); !first.Equal(epoch) || !last.Equal(epoch.Add(48*time.Hour)) {
		t.Errorf("Span() = %v, %v", first, last)
	}
}

func TestCounterFromManyGoroutines(t *testing.T) {
	var c Counter
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				c.Add(3, epoch.Add(time.Duration(i)*time.Millisecond))
				c.Recent(epoch)
			}
		})
	}
	wg.Wait()
	if c.Total() != 24000 {
		t.Errorf("total = %d, want 24000", c.Total())
	}
}
