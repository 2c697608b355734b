package media_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"linecheck/checks/internal/media"
)

func TestTallyCounts(t *testing.T) {
	var tally media.Tally
	for _, seq := range []uint32{0, 1, 3, 2, 2, 6, media.MaxPackets} { // 2 is late and doubled, 4 and 5 are lost
		tally.Add(seq, 0, 0)
	}
	if got := tally.Unique(); got != 5 {
		t.Errorf("Unique = %d, want 5", got)
	}
	if got := tally.Expected(); got != 7 {
		t.Errorf("Expected = %d, want 7", got)
	}
	if got, want := tally.Loss(tally.Expected()), (media.Loss{Sent: 7, Lost: 2, Bursts: 1}); got != want {
		t.Errorf("Loss = %+v, want %+v", got, want)
	}
	if got, want := tally.Loss(9), (media.Loss{Sent: 9, Lost: 4, Bursts: 2}); got != want {
		t.Errorf("Loss of nine = %+v, want %+v", got, want)
	}
	if got := tally.Reordered(); got != 1 {
		t.Errorf("Reordered = %d, want 1", got)
	}
}

func TestTallyOfNothing(t *testing.T) {
	var tally media.Tally
	tally.Add(0, 0, time.Second)
	if j := tally.Jitter(); !math.IsNaN(j.MS) || j.Samples != 0 {
		t.Errorf("the jitter of one packet = %+v, want unknown", j)
	}
}

// Delays that are uniform from 0 to A change by A/3 on average.
func TestJitterOfUniformDelay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var tally media.Tally
	const spread = 15 * time.Millisecond
	const clocksApart = 3 * time.Hour // the clocks of both ends have nothing to do with each other
	for i := range uint32(4000) {
		sent := time.Duration(i) * media.Interval
		tally.Add(i, sent, sent+clocksApart+time.Duration(random.Int64N(int64(spread))))
	}
	j := tally.Jitter()
	if j.Samples != 3999 || math.Abs(j.MS-5) > 0.25 || !(j.Low < 5 && 5 < j.High) || j.High-j.Low > 0.5 {
		t.Errorf("Jitter = %+v, want 5 ms within 5 %% of 3999", j)
	}
}

// A sender that is late is no jitter: its own clock says when it sent.
func TestJitterIgnoresPacing(t *testing.T) {
	var tally media.Tally
	for i, sent := range []time.Duration{0, 90, 91, 92, 140} {
		tally.Add(uint32(i), sent*time.Millisecond, sent*time.Millisecond+40*time.Millisecond)
	}
	if j := tally.Jitter(); j.MS != 0 {
		t.Errorf("Jitter = %v, want 0", j.MS)
	}
}
