package audio

import (
	"context"
	"io/fs"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/assets"
	"linecheck/checks"
	"linecheck/checks/audio/analysis"
)

// Every language has ten digits that can be told apart, and all are equally loud.
func TestSpokenDigits(t *testing.T) {
	all, err := assets.DigitLanguages()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 12 {
		t.Errorf("only %d languages", len(all))
	}
	for _, language := range all {
		files, err := assets.Digits(language)
		if err != nil {
			t.Fatal(err)
		}
		s, err := readSpeech(files)
		if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for d, x := range s.digits {
			if seconds := float64(len(x)) / float64(s.rate); seconds < 0.2 || seconds > 1 {
				t.Errorf("%s %d takes %.2f s", language, d, seconds)
			}
			a, ok := analysis.ActiveLevel(x, s.rate, math.Inf(-1))
			if !ok || math.Abs(a.Level-comfortable) > 0.5 || analysis.Peak(x) > -1 {
				t.Errorf("%s %d: %.1f dBFS, peak %.1f", language, d, a.Level, analysis.Peak(x))
			}
			for other := range d {
				if slices.Equal(x, s.digits[other]) {
					t.Errorf("%s: %d and %d are the same", language, d, other)
				}
			}
		}
	}
	if _, err := assets.Digits("xx"); err == nil {
		if files, _ := assets.Digits("xx"); files != nil {
			if _, err := readSpeech(files); err == nil {
				t.Error("digits in no language")
			}
		}
	}
}

func TestDraw(t *testing.T) {
	seen := map[[perSide]int]int{}
	for attempt := range 4000 {
		left, right := draw([]byte("nonce"), attempt)
		if all := append(left[:], right[:]...); len(slices.Compact(slices.Sorted(slices.Values(all)))) != 2*perSide {
			t.Fatalf("a digit twice: %v", all)
		}
		seen[left]++
		again, _ := draw([]byte("nonce"), attempt)
		if again != left {
			t.Fatal("the same draw gave others")
		}
	}
	if len(seen) != 90 {
		t.Errorf("%d pairs of 90", len(seen))
	}
	a, _ := draw([]byte("nonce"), 0)
	if b, _ := draw([]byte("nonce of another run"), 0); a == b {
		t.Error("another run draws the same") // one in 90 that it is chance; these two are not
	}
}

// Each side's digits are on that side alone, the left ones first.
func TestSidesAreApart(t *testing.T) {
	files, _ := assets.Digits("en")
	s, err := readSpeech(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, rate := range []int{16000, 44100, 48000} {
		sound := s.say([perSide]int{4, 7}, [perSide]int{1, 9}, rate)
		var left, right []float32
		for i := 0; i+1 < len(sound); i += 2 {
			left, right = append(left, sound[i]), append(right, sound[i+1])
		}
		last := len(left) - slices.IndexFunc(reversed(left), func(v float32) bool { return v != 0 })
		first := slices.IndexFunc(right, func(v float32) bool { return v != 0 })
		if gap := float64(first-last) / float64(rate); gap < sideTime-0.01 || gap > sideTime+0.01 {
			t.Errorf("%d Hz: %.3f s between the sides", rate, gap)
		}
		a, _ := analysis.ActiveLevel(left[:last], rate, math.Inf(-1))
		if math.Abs(a.Level-comfortable) > 2 { // with the silence between them
			t.Errorf("%d Hz: %v dBFS", rate, a.Level)
		}
	}
}

func reversed(x []float32) []float32 {
	out := slices.Clone(x)
	slices.Reverse(out)
	return out
}

func TestTyped(t *testing.T) {
	for text, want := range map[string][]int{
		"": nil, "47": {4, 7}, " 4, 7 ": {4, 7}, "٤٧": {4, 7}, "४७": {4, 7}, "４７": {4, 7}, "four": nil, "-4.7": {4, 7}, "09": {0, 9},
	} {
		got := typed(text)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestHear(t *testing.T) {
	left, right := []int{4, 7}, []int{1, 9}
	for _, c := range []struct {
		l, r        []int
		want        string
		nLeft, nRgt int
	}{
		{left, right, heardAll, 2, 2},
		{right, left, heardSwapped, 2, 2},
		{left, nil, heardLeft, 2, 0},
		{nil, left, heardLeft, 2, 0},
		{nil, right, heardRight, 0, 2},
		{right, nil, heardRight, 0, 2},
		{[]int{4, 7, 1, 9}, nil, heardMixed, 2, 2},
		{[]int{4, 7, 1, 9}, []int{4, 7, 1, 9}, heardMixed, 2, 2},
		{nil, nil, heardNone, 0, 0},
		{[]int{7, 4}, right, heardUnclear, 2, 2},
		{[]int{4, 5}, right, heardUnclear, 1, 2},
		{[]int{2, 3}, []int{5, 6}, heardUnclear, 0, 0},
	} {
		if got := hear(left, right, c.l, c.r); got != (heard{c.want, c.nLeft, c.nRgt}) {
			t.Errorf("%v %v: %+v", c.l, c.r, got)
		}
	}
}

// nobody answers nothing.
type nobody struct{}

func (nobody) Ask(context.Context, checks.Question) (checks.Answer, error) {
	return checks.Answer{}, checks.ErrNobody
}

func TestNobodyAnswers(t *testing.T) {
	for _, p := range []person{{}, {nobody{}}} {
		if _, ok := p.ask(t.Context(), checks.Question{ID: "x", Choices: []string{"a"}}); ok {
			t.Errorf("%v answered", p)
		}
	}
}

func english(t *testing.T) fs.FS {
	t.Helper()
	files, err := assets.Digits("en")
	if err != nil {
		t.Fatal(err)
	}
	return files
}
