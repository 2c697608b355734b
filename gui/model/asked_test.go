package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
)

func askedOf(number int) Asked {
	return Asked{number, checks.Question{ID: "a", Fields: []string{"f"}, Choices: []string{"x", "y"}}}
}

// A question is shown while checks run, one at a time, until it is answered or withdrawn.
func TestQuestionsOfChecks(t *testing.T) {
	m := at(t, Checking, invited())
	m.Update(askedOf(1))
	m.Update(askedOf(2))
	want := AskedView{Number: 1, Title: "ask.a.title", Text: "ask.a.text", Fields: []string{"ask.a.field.f"},
		Choices: []ChoiceView{{"x", "ask.a.x"}, {"y", "ask.a.y"}}, Stop: Button{"gui.stop", Stop{}}}
	v := m.View()
	if diff := cmp.Diff(want, v.Asked); diff != "" || v.Screen != QuestionAsked || m.Screen() != Checking || v.Checks.Title != "" {
		t.Errorf("%s %s", v.Screen, diff)
	}
	if c := m.Update(Answered{Number: 2}); c != (Command{}) {
		t.Errorf("an answer to a question that is not shown: %+v", c)
	}
	said := Answered{Number: 1, Choice: "y", Fields: []string{"typed"}}
	if c := m.Update(said); c.Do != Reply {
		t.Errorf("%+v", c)
	}
	if diff := cmp.Diff(said, m.Answer()); diff != "" || m.View().Asked.Number != 2 {
		t.Errorf("%s, then question %d", diff, m.View().Asked.Number)
	}
	m.Update(Withdrawn{Number: 7})
	m.Update(Withdrawn{Number: 2})
	if v := m.View(); v.Screen != Checking || v.Checks.Title == "" {
		t.Errorf("nothing is asked, but %s is shown", v.Screen)
	}
	if c := m.Update(Answered{Number: 2}); c != (Command{}) {
		t.Errorf("an answer to nothing: %+v", c)
	}
}

// A question that is open when the run is stopped is not there in the next one.
func TestStoppingWhileAsked(t *testing.T) {
	m := at(t, Checking, invited())
	m.Update(askedOf(1))
	if c := m.Update(Stop{}); c.Do != Cancel || m.View().Screen != Stopping {
		t.Errorf("%+v, %s", c, m.View().Screen)
	}
	m.Update(RunEnded{})
	m.Update(Opened{Offer: left(Checking, false)})
	m.Update(Go{})
	if s := m.View().Screen; s != Checking {
		t.Errorf("the next run shows %s", s)
	}
}
