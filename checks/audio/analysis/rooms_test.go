package analysis_test

import (
	"runtime"
	"sync"
	"testing"

	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/internal/rooms"
)

// In simulated rooms loudspeakers and headphones are told apart, and what cannot be told is said so.
func TestRooms(t *testing.T) {
	cases := rooms.Cases(480)
	if testing.Short() {
		cases = cases[:40]
	}
	found := make([]analysis.Echo, len(cases))
	next := make(chan int)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for i := range next {
				found[i] = analysis.FindEcho(cases[i].Record(analysis.Probe(cases[i].Rate)), cases[i].Rate)
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	all.Wait()
	var answered, right, quiet, untold int
	for i, c := range cases {
		speakers := c.Coupling > -60
		e := found[i]
		if c.NoiseLevel <= -40 {
			quiet++
		}
		if e.Listening == analysis.UnknownListening {
			if c.NoiseLevel <= -40 {
				untold++
				t.Logf("cannot tell (%s, score %.1f, floor %.1f): %s", e.Why, e.Score, e.Floor, c)
			}
			continue
		}
		answered++
		if (e.Listening == analysis.Speakers) == speakers {
			right++
			continue
		}
		t.Logf("%s (%s, gain %.1f, score %.1f, floor %.1f): %s", e.Listening, e.State, e.Gain, e.Score, e.Floor, c)
		if speakers {
			t.Errorf("loudspeakers were taken for headphones: %s", c)
		}
	}
	t.Logf("%d cases, %d answered, %d right; %d of %d with noise of -40 dBFS and less could not be told", len(cases), answered, right, untold, quiet)
	if float64(right) < 0.99*float64(answered) {
		t.Errorf("%d of %d answers are right", right, answered)
	}
	if 10*untold > quiet {
		t.Errorf("%d of %d quiet cases could not be told", untold, quiet)
	}
}
