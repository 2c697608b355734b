package probe

import (
	"math"
	"net/url"
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

// What is lost at the very end is missed by what the applicant's program says it sent. It
// cannot say less than came.
func TestLossesAtTheEndCount(t *testing.T) {
	for _, tt := range []struct {
		said       string
		loss, sent float64
	}{
		{"", 0, 6}, {"webrtc.sent=6", 0, 6}, {"webrtc.sent=10", 0.4, 10}, {"webrtc.sent=2", 0, 6}, {"webrtc.sent=-5", 0, 6},
		{"webrtc.sent=99999999", 0, 6}, {"webrtc.sent=x", 0, 6}, {"webrtc.video.sent=50", 0, 6},
	} {
		var s streams
		for seq := range uint32(6) {
			s.receive(1, media.Up{Stream: media.Speech, Seq: seq, Sent: time.Duration(seq)}, 0)
		}
		said, err := url.ParseQuery(tt.said)
		if err != nil {
			t.Fatal(err)
		}
		s.declare(said)
		got := filled(&s)
		if got["webrtc.loss.ratio.up"] != [2]float64{tt.loss, tt.sent} || got["webrtc.packets.up"] != [2]float64{6, 0} {
			t.Errorf("%q: loss %v, packets %v", tt.said, got["webrtc.loss.ratio.up"], got["webrtc.packets.up"])
		}
		if video, ok := got["webrtc.video.loss.ratio.up"]; ok != (tt.said == "webrtc.video.sent=50") || ok && video != [2]float64{1, 50} {
			t.Errorf("%q: loss of video %v", tt.said, video)
		}
	}
}

// Speech on a full line that lasted less than a second is no figure, also not one that is sealed.
func TestALoadThatWasTooShortSaysNothing(t *testing.T) {
	for sent, want := range map[uint32]bool{1: false, leastLoaded - 1: false, leastLoaded: true} {
		var s streams
		for seq := range sent {
			s.receive(1, media.Up{Stream: media.Loaded, Seq: seq, Sent: time.Duration(seq)}, 0)
		}
		if _, ok := filled(&s)["webrtc.loaded.loss.ratio.up"]; ok != want {
			t.Errorf("of %d packets there is a figure: %v", sent, ok)
		}
	}
}
