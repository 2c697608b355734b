package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/report"
)

func question(number int) Asked {
	return Asked{number, checks.Question{ID: "a", Fields: []string{"f"}, Choices: []string{"x", "y"}}}
}

// A question is shown while checks run, one at a time, until it is answered or withdrawn.
func TestQuestionsOfChecks(t *testing.T) {
	m := at(t, Checking, invited())
	m.Update(question(1))
	m.Update(question(2))
	want := AskedView{Number: 1, Title: "ask.a.title", Text: "ask.a.text", Fields: []string{"ask.a.field.f"},
		Choices: []ChoiceView{{"x", "ask.a.x"}, {"y", "ask.a.y"}}, Stop: m.say("gui.stop")}
	v := m.View()
	if diff := cmp.Diff(want, v.Asked); diff != "" || v.Screen != QuestionAsked || m.Screen() != Checking || v.Checks.Title != "" {
		t.Errorf("%s %s", v.Screen, diff)
	}
	if do := m.Update(Answered{Number: 2}); do != Nothing {
		t.Errorf("an answer to a question that is not shown: %q", do)
	}
	said := Answered{Number: 1, Choice: "y", Fields: []string{"typed"}}
	if do := m.Update(said); do != Reply {
		t.Errorf("%q", do)
	}
	if diff := cmp.Diff(said, m.Answer()); diff != "" || m.View().Asked.Number != 2 {
		t.Errorf("%s, then question %d", diff, m.View().Asked.Number)
	}
	m.Update(Withdrawn{Number: 7})
	m.Update(Withdrawn{Number: 2})
	if v := m.View(); v.Screen != Checking || v.Checks.Title == "" {
		t.Errorf("nothing is asked, but %s is shown", v.Screen)
	}
	if do := m.Update(Answered{Number: 2}); do != Nothing {
		t.Errorf("an answer to nothing: %q", do)
	}
}

// A question that is open when the run is stopped is not there in the next one.
func TestStoppingWhileAsked(t *testing.T) {
	m := at(t, Checking, invited())
	m.Update(question(1))
	if do := m.Update(Stop{}); do != Cancel || m.View().Screen != Stopping {
		t.Errorf("%q, %s", do, m.View().Screen)
	}
	m.Update(RunEnded{})
	m.Update(Opened{Offer: invited()})
	m.Update(Start{})
	if s := m.View().Screen; s != Checking {
		t.Errorf("the next run shows %s", s)
	}
}

func TestMeter(t *testing.T) {
	m := at(t, Checking, invited())
	for _, c := range []struct {
		stage       string
		level, peak float64
		read        bool
	}{{"sound", -60, -60, false}, {"quiet", -90, -30, true}, {"speak", -15, 3, true}} {
		m.Update(meterAt(m.rows[0].id, c.stage, c.level, c.peak))
		r := m.View().Checks.Rows[0]
		if !r.Metered || r.Level != min(1, max(0, 1+c.level/60)) || r.Peak != min(1, max(0, 1+c.peak/60)) || (m.View().Checks.Read != "") != c.read {
			t.Errorf("%+v: %+v", c, r)
		}
	}
}

func meterAt(check, stage string, level, peak float64) Event {
	live := []report.Metric{{Value: report.Number(level), Unit: "dBFS"}, {Value: report.Number(peak), Unit: "dBFS"}}
	return Event{checks.Event{Type: checks.EventProgress, Check: check, Progress: checks.Progress{Stage: stage, Live: live}}}
}
