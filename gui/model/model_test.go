package model

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/advice"
)

// leads is what a message leads to.
type leads struct {
	to Screen
	do Command
}

func do(d Deed) Command { return Command{Do: d} }

// ways is where each message leads on each screen; what is not listed leads nowhere.
func ways() map[Screen]map[string]leads {
	open := leads{Opening, do(Open)}
	setting := func(s Screen) leads { return leads{s, Command{Do: Help, Action: Action{ActSetting, advice.PageSound}}} }
	send := leads{Sending, Command{Do: Deliver, Send: true}}
	return map[Screen]map[string]leads{
		Opening:  {"opened": {Welcome, Command{}}, "failed": {Refused, Command{}}},
		Refused:  {"retry": open, "use": open, "linked": open, "act-setting": setting(Refused)},
		Welcome:  {"start": {GetReady, Command{}}, "retry": open, "use": open, "linked": open, "act-setting": setting(Welcome)},
		GetReady: {"go": {Checking, do(Run)}, "back": {Welcome, Command{}}, "linked": open, "act-setting": setting(GetReady)},
		Paused:   {"go": {Checking, do(Run)}, "back": {GetReady, Command{}}, "linked": open, "act-setting": setting(Paused)},
		Checking: {"stop": {Stopping, do(Cancel)}, "ended": {Result, Command{}}, "failed": {Refused, Command{}}, "close": {Checking, Command{}}},
		Stopping: {"ended": open, "failed": {Refused, Command{}}},
		Result: {"again": {Checking, do(Run)}, "one-again": {Checking, do(Run)}, "act-again": {Checking, do(Run)}, "act-devices": {GetReady, Command{}}, "act-setting": setting(Result),
			"review": {Review, Command{}}, "back": {GetReady, Command{}}, "linked": open},
		Review:  {"back": {Result, Command{}}, "agree": send, "linked": open},
		Sending: {"delivered": {Sent, Command{}}, "undelivered": {Unsent, Command{}}, "failed": {Refused, Command{}}},
		Sent:    {"linked": open, "act-setting": setting(Sent)},
		Unsent:  {"agree": send, "linked": open, "act-setting": setting(Unsent)},
	}
}

// Every message on every screen: those listed lead somewhere, and no other does.
func TestEveryMessageOnEveryScreen(t *testing.T) {
	for _, s := range screens() {
		for _, name := range names() {
			m := at(t, s, invited())
			want, ok := ways()[s][name]
			if !ok {
				want = leads{to: s}
				switch name {
				case "close":
					want.do = do(Quit)
				case "prefer", "chosen":
					want.do = do(SavePreferences)
				}
			}
			if got := m.Update(messages()[name]); got != want.do || m.screen != want.to {
				t.Errorf("%s on %s leads to %s and %+v, not to %s and %+v", name, s, m.screen, got, want.to, want.do)
			}
		}
	}
}

// Each screen fills in its own part of the view, and no other.
func TestEachScreenHasItsView(t *testing.T) {
	parts := map[Screen]string{Welcome: "Welcome", GetReady: "Ready", Paused: "Checks", Checking: "Checks", Result: "Result", Review: "Review", Sent: "Sent", Unsent: "Sent"}
	for _, s := range screens() {
		m := at(t, s, named())
		for _, above := range []Screen{"", Settings, Licences} {
			m.Update(ShowSettings{above != ""})
			m.Update(ShowLicences{above == Licences})
			view := m.View()
			v := reflect.ValueOf(view)
			mine := parts[s]
			if mine == "" {
				mine = "Plain"
			}
			switch above {
			case Settings:
				mine = "Settings"
			case Licences:
				mine = "Licences"
			}
			for _, part := range []string{"Plain", "Welcome", "Ready", "Checks", "Result", "Review", "Sent", "Settings", "Licences"} {
				f := v.FieldByName(part)
				if filled := !f.IsZero(); filled != (part == mine) {
					t.Errorf("on %s (above it %q) the part %s is filled: %v", s, above, part, filled)
				}
				if part == mine && f.FieldByName("Title").String() == "" {
					t.Errorf("%s has no title", s)
				}
			}
			current := 0
			for _, step := range view.Header.Steps {
				if step.Current {
					current++
				}
			}
			if len(view.Header.Steps) != 6 || current != 1 || view.Header.Where == "" {
				t.Errorf("%s: header %+v", s, view.Header)
			}
		}
	}
}

// Where a session was left it goes on, and nothing is done twice.
func TestGoingOnWhereItWasLeft(t *testing.T) {
	sealed := left(Review, true)
	sealed.Sealed = true
	unsent := sealed
	unsent.Place.Send = false
	for name, c := range map[string]struct {
		offer Offer
		want  leads
	}{
		"nothing yet":           {named(), leads{to: Welcome}},
		"welcome":               {left(Welcome, false), leads{to: Welcome}},
		"get ready":             {left(GetReady, false), leads{to: GetReady}},
		"in mid-check":          {left(Checking, false), leads{to: Paused}},
		"paused":                {left(Paused, false), leads{to: Paused}},
		"stopping":              {left(Stopping, false), leads{to: Paused}},
		"checks all done":       {left(Checking, true), leads{Checking, do(Run)}},
		"result":                {left(Result, true), leads{Checking, do(Run)}},
		"result, too old":       {left(Result, false), leads{to: Paused}},
		"review":                {left(Review, true), leads{Checking, do(Run)}},
		"signing":               {left(Sending, true), leads{Checking, do(Run)}},
		"sealed, to be sent":    {sealed, leads{Sending, Command{Do: Deliver, Send: true}}},
		"sealed, to be kept":    {unsent, leads{Sending, Command{Do: Deliver}}},
		"a plan of nothing":     {Offer{Place: Place{Screen: Result}}, leads{to: Paused}},
		"a place of no meaning": {Offer{Place: Place{Screen: "nowhere"}}, leads{to: Welcome}},
	} {
		m := New(words(), Preferences{}, nil, Wish{})
		if got := m.Update(Opened{c.offer}); got != c.want.do || m.screen != c.want.to {
			t.Errorf("%s: %s and %+v", name, m.screen, got)
		}
		if m.screen == Checking {
			m.Update(RunEnded{outcome()})
			want := Result
			if s := c.offer.Place.Screen; s == Review || s == Sending {
				want = Review
			}
			if m.screen != want || want == Review && m.LegalName() != "Ada" {
				t.Errorf("%s: then %s, name %q", name, m.screen, m.LegalName())
			}
		}
	}
}

// The place that is kept leads back to where it was taken.
func TestPlaceIsKept(t *testing.T) {
	for _, s := range screens() {
		p := at(t, s, named()).Place()
		switch s {
		case Opening, Refused, Sent, Unsent:
			if p != (Place{}) {
				t.Errorf("%s: %+v", s, p)
			}
		default:
			if p.Screen != s {
				t.Errorf("%s: %+v", s, p)
			}
		}
	}
	if p := at(t, Sending, named()).Place(); p.Name != "Ada Lovelace" || !p.Send {
		t.Errorf("%+v", p)
	}
}

func TestClosingAsksOnceWhileMeasuring(t *testing.T) {
	m := at(t, Checking, invited())
	if c := m.Update(CloseAsked{}); c != (Command{}) || m.View().Question.Title == "" || len(m.View().Question.Answers) != 2 {
		t.Fatalf("closing while measuring does %+v and asks %+v", c, m.View().Question)
	}
	if c := m.Update(QuestionAnswered{1}); c != (Command{}) || m.View().Question.Title != "" {
		t.Errorf("after no: %+v, asking %+v", c, m.View().Question)
	}
	m.Update(CloseAsked{})
	if c := m.Update(QuestionAnswered{0}); c.Do != Quit {
		t.Errorf("after yes: %+v", c)
	}
	m.Update(CloseAsked{})
	if c := m.Update(CloseAsked{}); c.Do != Quit {
		t.Errorf("who closes twice means it, but it does %+v", c)
	}
	for _, n := range []int{-1, 0, 7} {
		if c := m.Update(QuestionAnswered{n}); c != (Command{}) {
			t.Errorf("answer %d to nothing does %+v", n, c)
		}
	}
}

// One check is left out for an accommodation, or put off; one that is over is not.
func TestLeavingOneCheckOut(t *testing.T) {
	m := at(t, Checking, invited())
	for answer, want := range []Command{{Do: Halt, Check: "machine.cpu", Accommodation: true}, {Do: Halt, Check: "machine.cpu"}, {}} {
		m.Update(HaltAsked{"machine.cpu"})
		if q := m.View().Question; q.Title == "" || len(q.Answers) != 3 {
			t.Fatalf("%+v", q)
		}
		if c := m.Update(QuestionAnswered{answer}); c != want {
			t.Errorf("answer %d does %+v", answer, c)
		}
	}
	m.Update(Event{checks.Event{Type: checks.EventFinished, Check: "machine.cpu", Evidence: &report.Evidence{Outcome: report.Skipped, Reason: checks.AccommodatedReason}}})
	m.Update(HaltAsked{"machine.cpu"})
	m.Update(HaltAsked{"unknown"})
	if q := m.View().Question; q.Title != "" {
		t.Errorf("asks about a check that is over: %+v", q)
	}
	row := m.View().Checks.Rows[1]
	if row.State != LeftOut || row.Halt.Label != "" || row.Word != "gui.state.left-out" {
		t.Errorf("%+v", row)
	}
	m.Update(HaltAsked{"internet.speed"})
	m.Update(RunEnded{outcome()})
	if q := m.View().Question; q.Title != "" {
		t.Errorf("asks about a run that is over: %+v", q)
	}
}

func TestTheQuestionGoesWhenTheRunEnds(t *testing.T) {
	for name, msg := range map[string]Msg{"ended": RunEnded{outcome()}, "failed": OpenFailed{Code: CodeBroken}, "stopped": Stop{}} {
		m := at(t, Checking, invited())
		m.Update(CloseAsked{})
		m.Update(msg)
		if m.View().Question.Title != "" {
			t.Errorf("%s: still asking on %s", name, m.Screen())
		}
		if c := m.Update(QuestionAnswered{0}); c != (Command{}) {
			t.Errorf("%s: a late answer does %+v", name, c)
		}
	}
}

// What is run again begins anew, and only that.
func TestRunAgain(t *testing.T) {
	m := at(t, Result, invited())
	m.rows[0].state, m.rows[1].state = Done, Done
	m.Update(Again{"machine.cpu"})
	rows := m.View().Checks.Rows
	if diff := cmp.Diff([]string{"machine.cpu"}, m.OrderedAgain()); diff != "" || rows[0].State != Done || rows[1].State != Waiting {
		t.Errorf("%s %+v", diff, rows)
	}
	m.Update(RunEnded{outcome()})
	if len(m.OrderedAgain()) != 0 {
		t.Errorf("the next run runs again: %v", m.OrderedAgain())
	}
	m.Update(Again{})
	if diff := cmp.Diff([]string{"internet.speed", "machine.cpu"}, m.OrderedAgain()); diff != "" {
		t.Error(diff)
	}
}

// An invite that is clicked on while another is opened is opened next.
func TestAnInviteWhileAnotherIsOpened(t *testing.T) {
	for name, msg := range map[string]Msg{"opened": Opened{invited()}, "failed": OpenFailed{Code: CodeBusy}} {
		m := at(t, Opening, invited())
		m.Update(Linked{Wish{Text: "next"}})
		if c := m.Update(msg); c.Do != Open || m.screen != Opening || m.Wish() != (Wish{Text: "next"}) {
			t.Errorf("%s: %+v on %s for %+v", name, c, m.screen, m.Wish())
		}
		if m.Update(Opened{invited()}); m.screen != Welcome {
			t.Errorf("%s: then %s", name, m.screen)
		}
	}
}

// Other devices need another plan, whose run then starts by itself, once.
func TestOtherDevicesArePlannedAnew(t *testing.T) {
	m := at(t, GetReady, invited())
	if c := m.Update(ChosenDevices{Input: "Headset"}); c.Do != SavePreferences || m.Preferences().Input != "Headset" {
		t.Fatalf("%+v %+v", c, m.Preferences())
	}
	if c := m.Update(Go{}); c.Do != Open || m.screen != Opening {
		t.Fatalf("%+v on %s", c, m.screen)
	}
	if c := m.Update(Opened{invited()}); c.Do != Run || m.screen != Checking {
		t.Fatalf("%+v on %s", c, m.screen)
	}
	m.Update(Stop{})
	m.Update(RunEnded{Outcome{Stopped: true}})
	if c := m.Update(Opened{left(Checking, false)}); c != (Command{}) || m.screen != Paused {
		t.Errorf("a stopped run starts again by itself: %+v on %s", c, m.screen)
	}
	m = at(t, GetReady, invited())
	m.Update(ChosenDevices{Output: "Speakers"})
	m.Update(Go{})
	m.Update(OpenFailed{Code: CodeBusy})
	m.Update(Retry{})
	if c := m.Update(Opened{invited()}); c != (Command{}) {
		t.Errorf("a retry starts to measure without being asked: %+v", c)
	}
}

// Only somebody confirmed gets a report; a self-check is kept.
func TestWhatCanBeDelivered(t *testing.T) {
	m := at(t, Result, unconfirmed())
	v := m.View().Result
	if v.Next.Label != "" || v.Retry.Label == "" || v.Warning == "" {
		t.Errorf("unconfirmed: %+v", v)
	}
	m.Update(ShowReview{})
	if m.screen != Result {
		t.Error("an unconfirmed report can be reviewed for sending")
	}
	if c := m.Update(Retry{}); c.Do != Open {
		t.Errorf("%+v", c)
	}
	m = at(t, Review, selfCheck())
	if c := m.Update(Agree{Send: true}); c != do(Deliver) {
		t.Errorf("a self-check is sent: %+v", c)
	}
	if m.Update(Delivered{Delivery{PDF: "x"}}); m.screen != Sent || m.View().Sent.Title != "gui.saved.title" {
		t.Errorf("%s %+v", m.screen, m.View().Sent)
	}
	m = at(t, Review, invited())
	m.Update(Agree{})
	if m.Update(Delivered{Delivery{PDF: "x"}}); m.screen != Unsent || m.View().Sent.Retry.Says != (Agree{Send: true}) {
		t.Errorf("kept for later: %s %+v", m.screen, m.View().Sent)
	}
	m = at(t, Review, named())
	if c := m.Update(Agree{Send: true}); c != (Command{}) || m.screen != Review {
		t.Errorf("signed without a name: %+v", c)
	}
}
