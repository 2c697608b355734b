package model

import (
	"strings"

	"linecheck/report"
	"linecheck/report/render"
)

// View is what the window shows. Only the part of its screen is filled in.
type View struct {
	Screen Screen
	// Asking: the question whether to stop and close is shown.
	Asking bool
	// Question is that question; filled in while asking.
	Question Question
	// Plain serves the screens with a few lines and buttons: opening, refused, stopping, sending, sent, unsent.
	Plain   PlainView
	Welcome WelcomeView
	Checks  ChecksView
	Asked   AskedView
	Result  ResultView
	Review  ReviewView
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

// Question is a question with two answers.
type Question struct{ Title, Text, Yes, No string }

// PlainView is a screen with a few lines and buttons.
type PlainView struct {
	Tone  Tone
	Title string
	// Lines are paragraphs.
	Lines []string
	Rows  []Row
	// Retry and Close are the labels of the buttons; none where empty.
	Retry, Close string
	// RetryMsg is what the first button says.
	RetryMsg Msg
}

// View is what to show now.
func (m *Model) View() View {
	v := View{Screen: m.screen, Asking: m.closing}
	if m.closing {
		v.Question = Question{m.say("gui.close.title"), m.say("gui.close.text"), m.say("gui.close.yes"), m.say("gui.close.no")}
	}
	switch m.screen {
	case Opening, Stopping, Sending:
		v.Plain = PlainView{Tone: Neutral, Title: m.say("gui." + string(m.screen) + ".title"), Lines: []string{m.say("gui." + string(m.screen) + ".text")}}
	case Refused:
		v.Plain = m.refused()
	case Welcome:
		v.Welcome = m.welcome()
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
		v.Plain = m.delivered()
	}
	return v
}

// refused says why nothing can run, and what to do.
func (m *Model) refused() PlainView {
	v := PlainView{Tone: Bad, Title: m.say("gui.refused.title"), Retry: m.say("gui.retry"), RetryMsg: Retry{}, Close: m.say("gui.close")}
	if strings.HasPrefix(m.failure.Code, "gui.") {
		v.Title = m.say(m.failure.Code + ".title")
	}
	v.Lines = []string{sentence(render.Clean(m.failure.Text)), m.say("gui.refused.nothing")}
	if !strings.HasPrefix(m.failure.Code, "gui.") {
		v.Rows = []Row{{m.say("gui.code"), m.failure.Code}}
	}
	return v
}

// delivered says what became of the report.
func (m *Model) delivered() PlainView {
	d := m.delivery
	v := PlainView{Tone: Good, Close: m.say("gui.close")}
	switch {
	case d.Sent:
		v.Title, v.Lines = m.say("gui.sent.title"), []string{m.say("gui.sent.text", "who", m.sender())}
		v.Rows = append(v.Rows, Row{m.say("gui.sent.received"), clock(d.Received)})
	case d.Problem == "":
		v.Title, v.Lines = m.say("gui.saved.title"), []string{m.say("gui.saved.text")}
	default:
		v.Tone, v.Retry, v.RetryMsg = Warn, m.say("gui.unsent.retry"), Agree{}
		v.Title = m.say("gui.unsent.title")
		v.Lines = []string{m.say("gui.unsent.text")}
		if !d.Waiting {
			v.Tone, v.Title, v.Lines = Bad, m.say("gui.unsealed.title"), []string{m.say("gui.unsealed.text")}
		}
		v.Rows = append(v.Rows, Row{m.say("gui.unsent.why"), sentence(render.Clean(d.Problem))})
	}
	for _, f := range d.Files {
		v.Rows = append(v.Rows, Row{m.say("gui.file"), render.Clean(f)})
	}
	return v
}

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
