package model

import (
	"strings"

	"linecheck/report"
	"linecheck/report/render"
)

// View is what the window shows. Only the part of its screen is filled in.
type View struct {
	Screen Screen
	Header HeaderView
	// Question lies above the screen; its Title is empty while nothing is asked.
	Question QuestionView
	// Notice is how something came out that was asked for; empty for nothing.
	Notice string
	// Plain serves the screens with a few lines and buttons: opening, refused, stopping, sending.
	Plain    PlainView
	Welcome  WelcomeView
	Ready    ReadyView
	Checks   ChecksView
	Asked    AskedView
	Result   ResultView
	Review   ReviewView
	Sent     SentView
	Settings SettingsView
	Licences LicencesView
}

// Tone says how something came out; an icon and a word go with it, never colour alone.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
	Unclear Tone = "unclear"
)

// Row is a name and a value.
type Row struct{ Name, Value string }

// Button is a button's label and what it says. One without a label is not there.
type Button struct {
	Label string
	Says  Msg
}

// HeaderView says where on the way the person is.
type HeaderView struct {
	Steps []StepView
	// Where is the same for a screen reader: "Step 3 of 6: Checks".
	Where    string
	Settings string
}

// StepView is one step of the way.
type StepView struct {
	Name          string
	Done, Current bool
}

// way are the steps, each with its screens.
func way() [][]Screen {
	return [][]Screen{
		{Welcome, Opening, Refused}, {GetReady}, {Checking, Paused, QuestionAsked, Stopping}, {Result}, {Review, Sending}, {Sent, Unsent},
	}
}

func (m *Model) header() HeaderView {
	v := HeaderView{Settings: m.say("gui.settings.button")}
	current := 0
	for i, screens := range way() {
		for _, s := range screens {
			if s == m.screen {
				current = i
			}
		}
	}
	for i, screens := range way() {
		v.Steps = append(v.Steps, StepView{Name: m.say("gui.step." + string(screens[0])), Done: i < current, Current: i == current})
	}
	v.Where = m.say("gui.step.where", "n", m.number(current+1), "all", m.number(len(v.Steps)), "name", v.Steps[current].Name)
	return v
}

// PlainView is a screen with a few lines and buttons.
type PlainView struct {
	Tone  Tone
	Title string
	// Lines are paragraphs.
	Lines []string
	Rows  []Row
	// Next is the main button, Other beside it, Close on the left.
	Next, Other, Close Button
}

// View is what to show now.
func (m *Model) View() View {
	v := View{Screen: m.screen, Header: m.header(), Notice: m.notice}
	if m.question.key != "" {
		v.Question = m.questionView()
	}
	switch {
	case m.settings && m.reading:
		v.Screen, v.Licences = Licences, m.licencesView()
		return v
	case m.settings:
		v.Screen, v.Settings = Settings, m.settingsView()
		return v
	}
	switch m.screen {
	case Opening, Stopping, Sending:
		v.Plain = PlainView{Tone: Neutral, Title: m.say("gui." + string(m.screen) + ".title"), Lines: []string{m.say("gui." + string(m.screen) + ".text")}}
	case Refused:
		v.Plain = m.refused()
	case Welcome:
		v.Welcome = m.welcome()
	case GetReady:
		v.Ready = m.ready()
	case Paused:
		v.Checks = m.checksView()
	case Checking:
		if len(m.asked) > 0 {
			v.Screen, v.Asked = QuestionAsked, m.askedView()
			break
		}
		v.Checks = m.checksView()
	case Result:
		v.Result = m.result()
	case Review:
		v.Review = m.review()
	case Sent, Unsent:
		v.Sent = m.sent()
	}
	return v
}

// refused says why nothing can run, and what to do.
func (m *Model) refused() PlainView {
	v := PlainView{Tone: Bad, Title: m.say("gui.refused.title"), Next: Button{m.say("gui.retry"), Retry{}}, Close: Button{m.say("gui.close"), CloseAsked{}}}
	ours := len(m.failure.Code) > 4 && m.failure.Code[:4] == "gui."
	if ours {
		v.Title = m.say(m.failure.Code + ".title")
	} else if m.wish != (Wish{Self: true}) {
		v.Other = Button{m.say("gui.self"), Use{Wish{Self: true}}}
	}
	v.Lines = []string{sentence(render.Clean(m.failure.Text)), m.say("gui.refused.nothing")}
	if a := m.words.For(report.Finding{Code: m.failure.Code}); a.Action != "" { // what else the text says is for the log
		v.Lines = []string{a.Title, a.Action, m.say("gui.refused.nothing")}
	}
	if !ours {
		v.Rows = []Row{{m.say("gui.code"), m.failure.Code}}
	}
	if m.failure.Old != (Old{}) {
		m.old(&v)
	}
	return v
}

// old says which program the invite asks for, and leads to where it can be had.
func (m *Model) old(v *PlainView) {
	o := m.failure.Old
	v.Tone, v.Title = Warn, m.say("gui.old.title")
	asks := m.say("gui.old.text", "version", render.Clean(strings.TrimPrefix(o.Version, "v")), "least", o.AtLeast)
	if o.Link == "" {
		v.Lines = []string{asks, m.say("gui.old.unconfirmed"), m.say("gui.refused.nothing")}
		return
	}
	v.Lines = []string{asks, m.say("gui.old.get"), m.say("gui.refused.nothing")}
	v.Rows = append([]Row{{m.say("gui.row.link"), o.Link}}, v.Rows...)
	get := Action{ActBrowse, o.Link}
	v.Next = Button{m.label(get), Act{get}}
}

// told is the line that says how something came out.
func (m *Model) told(t Told) string { return m.say(t.Key, "value", render.Clean(t.Value)) }

// sender is the organisation's name as people read it.
func (m *Model) sender() string {
	if m.offer.Sender != "" {
		return render.Clean(m.offer.Sender)
	}
	if m.offer.Invite != nil {
		return render.Clean(m.offer.Invite.Origin)
	}
	return ""
}

// toneOf is the tone of a verdict.
func toneOf(v report.Verdict) Tone {
	switch v {
	case report.Ready:
		return Good
	case report.ReadyWithWarnings:
		return Warn
	case report.NotReady:
		return Bad
	default:
		return Unclear
	}
}
