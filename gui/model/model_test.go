package model

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/report"
)

// way is what a message leads to.
type way struct {
	to Screen
	do Command
}

// Every message on every screen: those listed lead somewhere, and no other does.
func TestEveryMessageOnEveryScreen(t *testing.T) {
	ways := map[Screen]map[string]way{
		Opening:  {"opened": {Welcome, Nothing}, "failed": {Refused, Nothing}},
		Refused:  {"retry": {Opening, Open}},
		Welcome:  {"start": {Checking, Run}, "retry": {Opening, Open}},
		Checking: {"stop": {Stopping, Cancel}, "ended": {Result, Nothing}, "failed": {Refused, Nothing}, "close": {Checking, Nothing}},
		Stopping: {"ended": {Opening, Open}, "failed": {Refused, Nothing}},
		Result:   {"again": {Opening, OpenFresh}, "review": {Review, Nothing}, "back": {Result, Nothing}},
		Review:   {"back": {Result, Nothing}, "agree": {Sending, Deliver}},
		Sending:  {"delivered": {Sent, Nothing}, "undelivered": {Unsent, Nothing}, "failed": {Refused, Nothing}},
		Sent:     {},
		Unsent:   {"agree": {Sending, Deliver}},
	}
	for _, s := range screens() {
		for _, name := range names() {
			m := at(t, s, invited())
			want, ok := ways[s][name]
			if !ok {
				want = way{s, Nothing}
				if name == "close" {
					want.do = Quit
				}
			}
			if do := m.Update(messages()[name]); do != want.do || m.screen != want.to {
				t.Errorf("%s on %s leads to %s and %q, not to %s and %q", name, s, m.screen, do, want.to, want.do)
			}
		}
	}
}

// What leads nowhere changes nothing that is seen.
func TestStrayMessagesChangeNothing(t *testing.T) {
	stray := map[Screen][]string{
		Opening: {"start", "ended", "agree", "event"}, Refused: {"start", "event", "delivered"}, Welcome: {"agree", "again", "event", "ended"},
		Checking: {"start", "agree", "opened", "delivered", "yes"}, Stopping: {"stop", "opened"}, Result: {"agree", "stop", "event", "opened"},
		Review: {"again", "retry", "ended"}, Sending: {"agree", "back", "name"}, Sent: {"agree", "retry", "delivered"}, Unsent: {"back", "delivered"},
	}
	for _, s := range screens() {
		for _, name := range stray[s] {
			m := at(t, s, invited())
			before := m.View()
			m.Update(messages()[name])
			if diff := cmp.Diff(before, m.View()); diff != "" {
				t.Errorf("%s on %s changes what is seen:\n%s", name, s, diff)
			}
		}
	}
}

// Each screen fills in its own part of the view, and no other.
func TestEachScreenHasItsView(t *testing.T) {
	parts := map[Screen]string{Welcome: "Welcome", Checking: "Checks", Result: "Result", Review: "Review"}
	for _, s := range screens() {
		v := reflect.ValueOf(at(t, s, named()).View())
		mine := parts[s]
		if mine == "" {
			mine = "Plain"
		}
		for _, part := range []string{"Plain", "Welcome", "Checks", "Result", "Review"} {
			f := v.FieldByName(part)
			if filled := !f.IsZero(); filled != (part == mine) {
				t.Errorf("on %s the part %s is filled: %v", s, part, filled)
			}
			if part == mine && f.FieldByName("Title").String() == "" {
				t.Errorf("%s has no title", s)
			}
		}
	}
}

func TestClosingAsksOnceWhileMeasuring(t *testing.T) {
	m := at(t, Checking, invited())
	if c := m.Update(CloseAsked{}); c != Nothing || !m.View().Asking || m.View().Question.Yes == "" {
		t.Fatalf("closing while measuring does %q and asks %v", c, m.View().Asking)
	}
	if c := m.Update(CloseAnswered{Yes: false}); c != Nothing || m.View().Asking {
		t.Errorf("after no: %q, asking %v", c, m.View().Asking)
	}
	m.Update(CloseAsked{})
	if c := m.Update(CloseAnswered{Yes: true}); c != Quit {
		t.Errorf("after yes: %q", c)
	}
	m.Update(CloseAsked{})
	if c := m.Update(CloseAsked{}); c != Quit {
		t.Errorf("who closes twice means it, but it does %q", c)
	}
}

func TestTheQuestionGoesWhenTheRunEnds(t *testing.T) {
	for name, msg := range map[string]Msg{"ended": RunEnded{outcome()}, "failed": OpenFailed{Code: CodeBroken}, "stopped": Stop{}} {
		m := at(t, Checking, invited())
		m.Update(CloseAsked{})
		m.Update(msg)
		if m.View().Asking {
			t.Errorf("%s: still asking on %s", name, m.Screen())
		}
		if c := m.Update(CloseAnswered{Yes: true}); c != Nothing {
			t.Errorf("%s: a late answer does %q", name, c)
		}
	}
}

func TestRunAgainStartsByItself(t *testing.T) {
	m := at(t, Result, invited())
	m.Update(Again{})
	if c := m.Update(Opened{invited()}); c != Run || m.Screen() != Checking {
		t.Fatalf("run again leads to %s and %q", m.Screen(), c)
	}
	if row := m.View().Checks.Rows[0]; row.State != Waiting || row.Fraction != 0 {
		t.Errorf("the second run begins with %+v", row)
	}
	m.Update(RunEnded{Outcome{Stopped: true}})
	if c := m.Update(Opened{invited()}); c != Nothing || m.Screen() != Welcome {
		t.Errorf("after a stopped second run the third starts by itself: %s, %q", m.Screen(), c)
	}
}

func TestRunAgainThatCannotOpen(t *testing.T) {
	m := at(t, Result, invited())
	m.Update(Again{})
	m.Update(OpenFailed{Code: CodeBusy, Text: "busy"})
	m.Update(Retry{})
	if c := m.Update(Opened{invited()}); c != Nothing || m.Screen() != Welcome {
		t.Errorf("a retry starts to measure without being asked: %s, %q", m.Screen(), c)
	}
}

func TestASealedReportIsNotMeasuredAgain(t *testing.T) {
	m := at(t, Result, sealed())
	if v := m.View().Result; v.Again != "" || v.Next != "gui.review-send" {
		t.Errorf("offers %q and %q", v.Again, v.Next)
	}
	if c := m.Update(Again{}); c != Nothing || m.Screen() != Result {
		t.Errorf("again does %q", c)
	}
}

func TestUnconfirmedIsNeverSent(t *testing.T) {
	m := at(t, Result, unconfirmed())
	if v := m.View().Result; v.Next != "" || v.Warning == "" || v.Retry == "" {
		t.Errorf("offers %+v", v)
	}
	if m.Update(ShowReview{}); m.Screen() != Result {
		t.Errorf("the review of a report that may not be sent is shown")
	}
	if c := m.Update(Retry{}); c != Open || m.Screen() != Opening {
		t.Errorf("retry does %q on %s", c, m.Screen())
	}
}

func TestTheLegalName(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "   ": "", "Ada Lovelace": "Ada Lovelace", "  Ada \t Lovelace ": "Ada Lovelace", "李 小龍": "李 小龍",
		"Ada\u202eLovelace": "AdaLovelace", "\u200b": "", strings.Repeat("x", 201): strings.Repeat("x", 201),
	} {
		m := at(t, Review, named())
		m.Update(NameTyped{typed})
		if got := m.LegalName(); got != want {
			t.Errorf("%q is signed as %q", typed, got)
		}
		may := want != "" && len(want) <= maxName
		if v := m.View().Review; v.MayAgree != may || v.Name != typed {
			t.Errorf("%.20q: may agree %v, shown as %.20q", typed, v.MayAgree, v.Name)
		}
		if c := m.Update(Agree{}); (c == Deliver) != may {
			t.Errorf("%.20q: agreeing does %q", typed, c)
		}
	}
	if name := at(t, Sending, invited()).LegalName(); name != "" {
		t.Errorf("the name %q is signed with where none was asked for", name)
	}
	if name := at(t, Sending, sealed()).LegalName(); name != "" {
		t.Errorf("the name %q is asked for a sealed report", name)
	}
}

func TestQuietWhileTheProcessorIsMeasured(t *testing.T) {
	m := at(t, Checking, invited())
	say := func(kind checks.EventType, id string) { m.Update(Event{checks.Event{Type: kind, Check: id}}) }
	if say(checks.EventStarted, "internet.speed"); m.Quiet() {
		t.Error("quiet for the network")
	}
	if say(checks.EventStarted, "machine.cpu"); !m.Quiet() {
		t.Error("not quiet for the processor")
	}
	if say(checks.EventFinished, "machine.cpu"); m.Quiet() {
		t.Error("quiet for ever")
	}
	say(checks.EventStarted, "internet.speed")
	m = at(t, Checking, invited())
	m.Update(Event{checks.Event{Type: checks.EventStarted, Check: "machine.cpu"}})
	if m.Update(RunEnded{outcome()}); m.Quiet() {
		t.Error("quiet on the result")
	}
}

func TestMessagesAreMessages(t *testing.T) {
	for name, msg := range messages() {
		msg.message()
		if name == "" {
			t.Error("a message has no name")
		}
	}
	if toneOf(report.Ready) != Good {
		t.Error("ready is not good")
	}
}
