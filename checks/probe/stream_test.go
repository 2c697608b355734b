package probe

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/internal/media"
	"linecheck/checks/internal/stats"
)

// filled is what a stream writes into an observation.
func filled(s *streams) map[string][2]float64 {
	got := map[string][2]float64{}
	s.fill(func(key string, v float64, unit string, samples int) {
		if !math.IsNaN(v) { // what is unknown is left out of an observation
			got[key] = [2]float64{v, float64(samples)}
		}
	})
	return got
}

func TestStreamCountsByItsOwnClock(t *testing.T) {
	var s streams
	for _, p := range []struct {
		seq       uint32
		sent, got time.Duration // in ms
	}{{0, 0, 100}, {1, 20, 121}, {3, 60, 163}, {2, 40, 164}, {4, 80, 180}, {9, 180, 280}, {9, 180, 290}} {
		s.receive(1, media.Up{Stream: media.Speech, Seq: p.seq, Sent: p.sent * time.Millisecond}, p.got*time.Millisecond)
	}
	low, high := stats.LossInterval(4, 10, 1)
	want := map[string][2]float64{
		"webrtc.packets.up":         {6, 0},
		"webrtc.loss.ratio.up":      {0.4, 10},
		"webrtc.loss.ratio.up.low":  {low, 10},
		"webrtc.loss.ratio.up.high": {high, 10},
		"webrtc.burst.up":           {4, 1},
		"webrtc.reordered.ratio.up": {1.0 / 6, 6},
		// Transit times 100 101 103 124 100 100 change by 1 2 21 24 0.
		"webrtc.jitter.ms.up": {9.6, 5},
	}
	if diff := cmp.Diff(want, filled(&s)); diff != "" {
		t.Error(diff)
	}
}

func TestStreamOfNothingSaysNothing(t *testing.T) {
	var s streams
	if got := filled(&s); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestAnotherPeerBeginsAnew(t *testing.T) {
	var s streams
	s.receive(1, media.Up{Stream: media.Speech, Seq: 0}, 0)
	s.receive(1, media.Up{Stream: media.Speech, Seq: 5}, 0)
	if n, ok := s.receive(2, media.Up{Stream: media.Speech, Seq: 0}, 0); !ok || n != 1 {
		t.Errorf("the second peer's first packet counts as %d, %v", n, ok)
	}
	if _, ok := s.receive(1, media.Up{Stream: media.Speech, Seq: 6}, 0); ok {
		t.Error("a packet of the peer that was replaced was counted")
	}
	if got := filled(&s)["webrtc.loss.ratio.up"]; got != [2]float64{0, 1} {
		t.Errorf("loss %v", got)
	}
}
