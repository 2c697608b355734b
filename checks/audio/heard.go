package audio

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"linecheck/checks"
	"linecheck/checks/audio/device"
	"linecheck/report"
)

// What a person heard of the digits.
const (
	heardAll     = "all"     // each side's digits on that side
	heardSwapped = "swapped" // each on the other one
	heardMixed   = "mixed"   // both, but not apart: one loudspeaker, or both sides in both ears
	heardLeft    = "left"    // only what was played on the left
	heardRight   = "right"   // only what was played on the right
	heardNone    = "none"
	heardUnclear = "unclear" // other digits, twice
)

// The choices beside [checks.Accommodate].
const (
	choiceDone    = "done"
	choicePlay    = "play"
	choiceAgain   = "again"
	choiceNothing = "nothing"
	choiceSkip    = "skip"
	choiceReady   = "ready"
)

// mostPlays is how often digits are played at most, other ones each time.
const mostPlays = 4

// digits plays spoken digits and asks what was heard. It records nothing where nobody answers.
func (o *output) digits(ctx context.Context, rec *checks.Recorder) error {
	spoken, err := readSpeech(o.cfg.Spoken)
	if err != nil {
		return err
	}
	p := person{o.cfg.Person}
	a, ok := p.ask(ctx, checks.Question{ID: "audio.output.listen", Choices: []string{choicePlay, checks.Accommodate}})
	again := false
	for attempt := 0; ok && a.Choice != checks.Accommodate && attempt < mostPlays; attempt++ {
		left, right := draw(o.cfg.Seed, attempt)
		rec.Progress(checks.Progress{Stage: "digits", Fraction: endOfTones})
		play := func(rate int) []float32 { return spoken.say(left, right, rate) }
		if _, err := o.cfg.Helper.Run(ctx, device.Request{Play: play, Output: o.cfg.Output}, nil); err != nil {
			return problem(err, device.Output)
		}
		choices := []string{choiceDone, choiceAgain, choiceNothing, checks.Accommodate}
		if attempt == mostPlays-1 {
			choices = slices.Delete(choices, 1, 2)
		}
		a, ok = p.ask(ctx, checks.Question{ID: "audio.output.digits", Fields: []string{"left", "right"}, Choices: choices})
		if !ok || a.Choice != choiceDone && a.Choice != choiceNothing {
			continue
		}
		h := heard{what: heardNone}
		if a.Choice == choiceDone {
			h = hear(left[:], right[:], typed(a.Fields[0]), typed(a.Fields[1]))
		}
		if h.what == heardUnclear && !again && attempt < mostPlays-1 {
			again = true
			continue
		}
		h.record(rec, left[:], right[:], attempt)
		return nil
	}
	if ok && a.Choice == checks.Accommodate {
		rec.Fact(report.AccommodationFact, report.AccommodationRequested)
	}
	return nil
}

// heard is what a person heard of the digits.
type heard struct {
	what string
	// left and right are how many of that side's digits were typed, on whichever side.
	left, right int
}

// hear compares what was played with what was typed.
func hear(left, right, onLeft, onRight []int) (h heard) {
	all := slices.Concat(onLeft, onRight)
	count := func(of []int) (n int) {
		for _, d := range of {
			if slices.Contains(all, d) {
				n++
			}
		}
		return n
	}
	h.left, h.right = count(left), count(right)
	both := slices.Concat(left, right)
	is := slices.Equal[[]int]
	switch {
	case is(onLeft, left) && is(onRight, right):
		h.what = heardAll
	case is(onLeft, right) && is(onRight, left):
		h.what = heardSwapped
	case is(all, left):
		h.what = heardLeft
	case is(all, right):
		h.what = heardRight
	case is(all, both), is(onLeft, both) && is(onRight, both):
		h.what = heardMixed
	case len(all) == 0:
		h.what = heardNone
	default:
		h.what = heardUnclear
	}
	return h
}

func (h heard) record(rec *checks.Recorder, left, right []int, attempt int) {
	rec.Fact("heard", h.what)
	rec.Fact("digits.left", numerals(left))
	rec.Fact("digits.right", numerals(right))
	rec.Fact("digits.attempt", strconv.Itoa(attempt+1))
	rec.Metric("audio.output.left.heard", float64(h.left)/float64(len(left)), "ratio", len(left))
	rec.Metric("audio.output.right.heard", float64(h.right)/float64(len(right)), "ratio", len(right))
}

func numerals(digits []int) string {
	var b strings.Builder
	for _, d := range digits {
		b.WriteString(strconv.Itoa(d))
	}
	return b.String()
}
