//go:build linux

package audio

import (
	"strconv"
	"testing"

	"linecheck/checks"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

// ear is a person who hears the digits in some way.
func ear(seed []byte, hears func(attempt int, left, right string) checks.Answer) *lab.Person {
	attempt := -1
	return &lab.Person{Say: func(q checks.Question) (a checks.Answer) {
		if q.ID == "audio.output.digits" {
			attempt++
			left, right := draw(seed, attempt)
			return hears(attempt, numerals(left[:]), numerals(right[:]))
		}
		return a
	}}
}

func TestDigitsAreHeard(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: -65})
	files := english(t)
	typed := func(left, right string) checks.Answer {
		return checks.Answer{Choice: choiceDone, Fields: []string{left, right}}
	}
	chosen := func(choice string) checks.Answer { return checks.Answer{Choice: choice, Fields: make([]string, 2)} }
	for name, c := range map[string]struct {
		hears       func(attempt int, left, right string) checks.Answer
		heard       string
		left, right float64
		attempt     int
		wish        bool
	}{
		"all right": {func(_ int, l, r string) checks.Answer { return typed(l, r) }, heardAll, 1, 1, 1, false},
		"swapped":   {func(_ int, l, r string) checks.Answer { return typed(r, l) }, heardSwapped, 1, 1, 1, false},
		"left only": {func(_ int, l, _ string) checks.Answer { return typed(l, "") }, heardLeft, 1, 0, 1, false},
		"nothing":   {func(int, string, string) checks.Answer { return chosen(choiceNothing) }, heardNone, 0, 0, 1, false},
		"once more": {func(n int, l, r string) checks.Answer {
			if n == 0 {
				return chosen(choiceAgain)
			}
			return typed(l, r)
		}, heardAll, 1, 1, 2, false},
		"a slip":        {func(n int, l, r string) checks.Answer { return typed(l, " "+r[:n+1]+" x "+r[n+1:]) }, heardAll, 1, 1, 1, false},
		"never clear":   {func(int, string, string) checks.Answer { return typed("77", "77") }, heardUnclear, 0, 0, 2, false},
		"accommodation": {func(int, string, string) checks.Answer { return chosen(checks.Accommodate) }, "", 0, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := []byte("another nonce")
			cfg := Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset)), Person: ear(seed, c.hears), Spoken: files, Seed: seed}
			ev, _ := checks.RunOne(t.Context(), NewOutput(cfg), nil)
			if ev.Outcome != report.Measured || ev.Facts["kind"] != "headphones" || ev.Facts["heard"] != c.heard {
				t.Fatalf("%s %s %v", ev.Outcome, ev.Reason, ev.Facts)
			}
			if wish := ev.Facts[report.AccommodationFact] == report.AccommodationRequested; wish != c.wish {
				t.Errorf("a request: %v", wish)
			}
			left, ok := ev.Metric("audio.output.left.heard")
			right, _ := ev.Metric("audio.output.right.heard")
			if ok == (c.heard == "") {
				t.Fatalf("%v", ev.Metrics)
			}
			if !ok {
				return
			}
			if name != "never clear" && (float64(left.Value) != c.left || float64(right.Value) != c.right) {
				t.Errorf("%v of the left digits, %v of the right", left.Value, right.Value)
			}
			if ev.Facts["digits.attempt"] != strconv.Itoa(c.attempt) {
				t.Errorf("attempt %s", ev.Facts["digits.attempt"])
			}
		})
	}
}

// Somebody who is asked to be quiet gets a second chance for the tones.
func TestTonesAreTriedAgainInQuiet(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: -65})
	loud, err := s.Noise(virtual.Headset, -20)
	if err != nil {
		t.Fatal(err)
	}
	p := &lab.Person{Say: func(q checks.Question) (a checks.Answer) {
		switch q.ID {
		case "audio.output.quiet":
			loud.Stop()
		case "audio.output.listen":
			a.Choice = checks.Accommodate
		}
		return a
	}}
	ev, _ := checks.RunOne(t.Context(), NewOutput(Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset)), Person: p, Spoken: english(t)}), nil)
	if ev.Facts["kind"] != "headphones" || len(p.Asked()) != 2 || p.Asked()[0] != "audio.output.quiet" {
		t.Errorf("%v after %v", ev.Facts, p.Asked())
	}
}

// Whoever cannot speak is not asked to, and the room is still measured.
func TestMicrophoneWithAnAccommodation(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: -65})
	p := &lab.Person{Say: func(checks.Question) checks.Answer { return checks.Answer{Choice: checks.Accommodate} }}
	ev, _ := checks.RunOne(t.Context(), NewMicrophone(Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset)), Person: p}), nil)
	if _, ok := ev.Metric("audio.microphone.noise.dbfs"); !ok || ev.Facts[report.AccommodationFact] != report.AccommodationRequested || len(p.Asked()) != 1 {
		t.Errorf("%v %v after %v", ev.Facts, ev.Metrics, p.Asked())
	}
}

// The person hears what they read, twice.
func TestPlayback(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: -65})
	heard := 0
	p := &lab.Person{Say: func(q checks.Question) (a checks.Answer) {
		if q.ID == "audio.microphone.heard" {
			if heard++; heard == 1 {
				a.Choice = choiceAgain
			}
		}
		return a
	}}
	ev, _ := checks.RunOne(t.Context(), NewMicrophone(Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset)), Person: p}), nil)
	if ev.Facts["playback"] != "clear" || heard != 2 || ev.ElapsedMS < 27000 {
		t.Errorf("%v after %v and %d ms", ev.Facts, p.Asked(), ev.ElapsedMS)
	}
}
