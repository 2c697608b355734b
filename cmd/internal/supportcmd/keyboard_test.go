package supportcmd

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/cmd/internal/wiring"
)

func typing(t *testing.T, text string) (*typist, *strings.Builder) {
	t.Helper()
	words, err := wiring.Messages("")
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	return &typist{keys: newKeyboard(strings.NewReader(text)), show: newTerminal(&shown, io.Discard, words), words: words}, &shown
}

func TestAnswersFromTheKeyboard(t *testing.T) {
	digits := checks.Question{ID: "audio.output.digits", Fields: []string{"left", "right"}, Choices: []string{"done", "again", "nothing", checks.Accommodate}}
	heard := checks.Question{ID: "audio.microphone.heard", Choices: []string{"clear", "unclear", "nothing", "again"}}
	for _, c := range []struct {
		q     checks.Question
		typed string
		want  checks.Answer
	}{
		{digits, "47\n 19 \n", checks.Answer{Choice: "done", Fields: []string{"47", "19"}}},
		{digits, "\n19\n", checks.Answer{Choice: "done", Fields: []string{"", "19"}}},
		{digits, "a\n", checks.Answer{Choice: "again", Fields: []string{"", ""}}},
		{digits, "47\nC\n", checks.Answer{Choice: checks.Accommodate, Fields: []string{"", ""}}},
		{heard, "\n", checks.Answer{Choice: "clear"}},
		{heard, "b\n", checks.Answer{Choice: "nothing"}},
		{heard, "yes\nz\na\n", checks.Answer{Choice: "unclear"}},
		{heard, "c", checks.Answer{Choice: "again"}},
	} {
		p, shown := typing(t, c.typed)
		got, err := p.Ask(t.Context(), c.q)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", c.typed, err, diff)
		}
		if strings.Contains(shown.String(), "ask.") {
			t.Errorf("texts are missing:\n%s", shown)
		}
	}
}

func TestAKeyboardThatIsNotThere(t *testing.T) {
	q := checks.Question{ID: "audio.microphone.heard", Choices: []string{"clear"}}
	p, _ := typing(t, "")
	if _, err := p.Ask(t.Context(), q); !errors.Is(err, checks.ErrNobody) {
		t.Errorf("at the end of the input: %v", err)
	}
	silent, w := io.Pipe()
	defer w.Close()
	p, _ = typing(t, "")
	p.keys = newKeyboard(silent)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Ask(ctx, q); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
