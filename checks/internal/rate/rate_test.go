package rate

import (
	"fmt"
	"math"
	"math/rand/v2"
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

// Looks at uneven times must not make an even speed uneven.
func TestAddOverIsEven(t *testing.T) {
	var c Counter
	random := rand.New(rand.NewPCG(3, 4))
	for at := time.Duration(0); at < 3*time.Second; {
		step := 40*time.Millisecond + time.Duration(random.Int64N(int64(25*time.Millisecond)))
		c.AddOver(int(12.5e6*step.Seconds()), epoch.Add(at), epoch.Add(at+step))
		at += step
	}
	_, speed := c.Trace(Bin)
	for i, v := range speed {
		near(t, fmt.Sprintf("bin %d", i), v, 100, 0.001)
	}
	if len(speed) < 59 {
		t.Errorf("%d bins of 3 s", len(speed))
	}
	c.AddOver(7, epoch.Add(4*time.Second), epoch.Add(4*time.Second)) // no time at all
	c.AddOver(7, epoch.Add(5*time.Second), epoch.Add(48*time.Hour))
	if len(c.bins) > maxBins {
		t.Errorf("%d bins", len(c.bins))
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
