package analysis_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/internal/rooms"
)

// outcome is how many cases were told.
type outcome struct {
	answered, right int
	quiet, untold   int // with noise of -40 dBFS and less; of these not told
	missed          []string
	notes           []string
}

// tell looks for the echo in every case.
func tell(cases []rooms.Case) (o outcome) {
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
	for i, c := range cases {
		o.add(c, found[i])
	}
	return o
}

func (o *outcome) add(c rooms.Case, e analysis.Echo) {
	speakers := c.Coupling > -60
	quiet := c.NoiseLevel <= -40
	if quiet {
		o.quiet++
	}
	text := fmt.Sprintf("%s (%s %s, gain %.1f, score %.1f, floor %.1f): %s", e.Listening, e.State, e.Why, e.Gain, e.Score, e.Floor, c)
	if e.Listening == analysis.UnknownListening {
		if quiet {
			o.untold++
			o.notes = append(o.notes, text)
		}
		return
	}
	o.answered++
	switch {
	case (e.Listening == analysis.Speakers) == speakers:
		o.right++
	case speakers:
		o.missed = append(o.missed, text)
	default:
		o.notes = append(o.notes, text)
	}
}

// In simulated rooms loudspeakers and headphones are told apart, and what cannot be told is said so.
func TestRooms(t *testing.T) {
	cases := rooms.Cases(480)
	if testing.Short() {
		cases = cases[:40]
	}
	o := tell(cases)
	for _, text := range o.notes {
		t.Log(text)
	}
	t.Logf("%d cases, %d answered, %d right; %d of %d with noise of -40 dBFS and less could not be told", len(cases), o.answered, o.right, o.untold, o.quiet)
	for _, text := range o.missed {
		t.Errorf("loudspeakers were taken for headphones: %s", text)
	}
	if float64(o.right) < 0.99*float64(o.answered) {
		t.Errorf("%d of %d answers are right", o.right, o.answered)
	}
	if 10*o.untold > o.quiet {
		t.Errorf("%d of %d quiet cases could not be told", o.untold, o.quiet)
	}
}
