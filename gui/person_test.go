package gui

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecheck/checks"
	"linecheck/gui/internal/look"
	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// A check asks, the person types and presses Enter, and the check gets it.
func TestTheWindowAsks(t *testing.T) {
	got := make(chan checks.Answer, 2)
	e := sample(false)
	person := NewPerson()
	e.run = func(ctx context.Context, _ func(checks.Event)) {
		for _, q := range []checks.Question{questions()[2], questions()[4]} {
			a, err := person.Ask(ctx, q)
			if err != nil {
				t.Error(err)
			}
			got <- a
		}
	}
	d := sit(t, e, english(t))
	person.sits(d.app.bridge.post)
	d.app.cfg.Person = person
	d.until(model.Welcome)
	d.app.send(model.Start{})
	d.app.send(model.Go{})
	d.wait("the question", func() bool { return d.app.view.Screen == model.QuestionAsked })
	d.sees("Which numbers did you hear?", "On the left", "On the right")
	var fields []*own.Entry
	look.Walk(d.app.window.Content(), func(o fyne.CanvasObject) bool {
		if e, ok := o.(*own.Entry); ok {
			fields = append(fields, e)
		}
		return true
	})
	if d.canvas().Focused() != fields[0] {
		t.Error("the first field has not the focus")
	}
	test.Type(fields[0], "47")
	fields[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if d.canvas().Focused() != fields[1] {
		t.Error("Enter does not go to the next field")
	}
	test.Type(fields[1], "19")
	fields[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if a := <-got; a.Choice != "done" || a.Fields[0] != "47" || a.Fields[1] != "19" {
		t.Errorf("%+v", a)
	}
	d.wait("the next question", func() bool { return d.app.view.Asked.Number == 2 })
	d.press("Skip this")
	if a := <-got; a.Choice != "skip" || len(a.Fields) != 0 {
		t.Errorf("%+v", a)
	}
	d.until(model.Result)
}

func TestQuestionsThatNobodyAnswers(t *testing.T) {
	p := NewPerson()
	if _, err := p.Ask(t.Context(), questions()[0]); !errors.Is(err, checks.ErrNobody) {
		t.Errorf("without a window: %v", err)
	}
	var posted []model.Msg
	p.sits(func(m model.Msg) { posted = append(posted, m) })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := p.Ask(ctx, questions()[0]); !errors.Is(err, context.DeadlineExceeded) || len(posted) != 2 || posted[1] != (model.Withdrawn{Number: 1}) {
		t.Errorf("%v, %v", err, posted)
	}
	p.answer(model.Answered{Number: 1}) // too late: nobody waits
}
