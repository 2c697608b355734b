package internet

import (
	"math"
	"testing"
	"time"

	"linecheck/checks/internal/rate"
)

// carried lets a line carry what its connections bring, decided every tick.
func carried(t *testing.T, p *pace, length time.Duration, speed func(at time.Duration, conns int) float64, wait time.Duration, known bool) (conns int, took time.Duration) {
	t.Helper()
	var c rate.Counter
	begin := time.Now()
	for at := time.Duration(0); at < length; at += 10 * time.Millisecond {
		now := begin.Add(at)
		c.Add(int(speed(at, p.conns)*1e6/8*0.010), now)
		p.more(&c, now, func(time.Duration) (time.Duration, bool) { return wait, known })
		if p.enough(&c, now) {
			return p.conns, at
		}
	}
	return p.conns, length
}

func TestPace(t *testing.T) {
	constant := func(mbps float64) func(time.Duration, int) float64 {
		return func(time.Duration, int) float64 { return mbps }
	}
	for _, c := range []struct {
		name        string
		speed       func(time.Duration, int) float64
		wait        time.Duration
		known       bool
		least, most int
		soon        bool
	}{
		{"a full queue needs no more connections", constant(96), 50 * time.Millisecond, true, 4, 4, true},
		{"a steady line that tells no queue is asked twice more", constant(96), 0, false, 16, 16, true},
		{"each connection brings its part", func(_ time.Duration, n int) float64 { return 3 * float64(n) }, 0, true, 32, 32, true},
		{"up to what the line can", func(_ time.Duration, n int) float64 { return min(40, 3*float64(n)) }, 0, true, 16, 32, true},
		{"a slow beginning is waited for", func(at time.Duration, _ int) float64 { return 80 * min(1, at.Seconds()) }, 50 * time.Millisecond, true, 4, 4, true},
	} {
		conns, took := carried(t, newPace(20*time.Millisecond), 4*time.Second, c.speed, c.wait, c.known)
		if conns < c.least || conns > c.most || c.soon != (took < 2800*time.Millisecond) {
			t.Errorf("%s: %d connections, ended after %v", c.name, conns, took)
		}
	}
}

// A line that swings is measured to the end of its time.
func TestPaceOfASwingingLine(t *testing.T) {
	swing := func(at time.Duration, _ int) float64 {
		if at%(600*time.Millisecond) < 300*time.Millisecond {
			return 10
		}
		return 40
	}
	if _, took := carried(t, newPace(20*time.Millisecond), 4*time.Second, swing, time.Second, true); took < 4*time.Second {
		t.Errorf("ended after %v", took)
	}
}

// Where only bounds are asked about, it ends as soon as they are decided.
func TestPaceOfAQuickAnswer(t *testing.T) {
	for _, c := range []struct {
		name        string
		bounds      []float64
		speed       float64
		least, most time.Duration
	}{
		{"twice the bound", []float64{10}, 20, quickLength, quickLength + 100*time.Millisecond},
		{"above both", []float64{10, 15}, 20, quickLength, quickLength + 100*time.Millisecond},
		{"below both, once the connections are enough", []float64{40, 50}, 20, quickLength, 1500 * time.Millisecond},
		{"on the bound", []float64{20, 10}, 20, 1200 * time.Millisecond, 4 * time.Second},
	} {
		p := newPace(20 * time.Millisecond)
		p.bounds = c.bounds
		shaky := func(at time.Duration, _ int) float64 { return c.speed * (1 + 0.05*math.Sin(at.Seconds()*9)) }
		if _, took := carried(t, p, 4*time.Second, shaky, 50*time.Millisecond, true); took < c.least || took > c.most {
			t.Errorf("%s: took %v", c.name, took)
		}
	}
}
