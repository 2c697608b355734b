package model

import "linecheck/report/render"

// SentView is the end of the way: what became of the report, and what comes next.
type SentView struct {
	Tone        Tone
	Title, Lead string
	// CodeTitle and Code are the look-up code; CodeText says what it is for.
	CodeTitle, Code, CodeText string
	Rows                      []Row
	// NextTitle heads Next, which are paragraphs.
	NextTitle string
	Next      []string
	// Reveal shows the report's file; Support makes a file for IT support.
	Reveal, Support Button
	// Retry sends once more; Close is the last button.
	Retry, Close Button
}

// sent says what became of the report.
func (m *Model) sent() SentView {
	d := m.delivery
	v := SentView{Tone: Good, Close: Button{m.say("gui.close"), CloseAsked{}}, NextTitle: m.say("gui.sent.next.title")}
	if d.Code != "" {
		v.CodeTitle, v.Code = m.say("gui.sent.code"), d.Code
		if d.Lookup != "" {
			v.CodeText = m.say("gui.sent.code.text", "address", render.Clean(d.Lookup))
		}
	}
	switch {
	case d.Sent:
		v.Title, v.Lead = m.say("gui.sent.title"), m.say("gui.sent.text", "who", m.sender())
		v.Rows = append(v.Rows, Row{m.say("gui.sent.received"), m.moment(d.Received)})
		v.Next = []string{m.say("gui.sent.next", "who", m.sender()), m.say("gui.sent.keep")}
	case d.Problem == "" && !m.mayUpload():
		v.Title, v.Lead, v.NextTitle = m.say("gui.saved.title"), m.say("gui.saved.text"), ""
	case d.Problem == "":
		v.Title, v.Lead = m.say("gui.saved.title"), m.say("gui.saved.later")
		v.Retry = Button{m.say("gui.send"), Agree{Send: true}}
		v.Next = []string{m.say("gui.unsent.hand", "who", m.sender())}
	case d.Refused:
		v.Tone, v.Title, v.Lead = Bad, m.say("gui.rejected.title"), m.say("gui.rejected.text")
		v.Support = Button{m.say("gui.act.support"), Act{Action{Do: ActSupport}}}
		v.Next = []string{m.say("gui.unsent.hand", "who", m.sender())}
	case !d.Waiting:
		v.Tone, v.Title, v.Lead, v.NextTitle = Bad, m.say("gui.unsealed.title"), m.say("gui.unsealed.text"), ""
		v.Retry = Button{m.say("gui.unsent.retry"), Agree{Send: m.send}}
		v.Support = Button{m.say("gui.act.support"), Act{Action{Do: ActSupport}}}
	default:
		v.Tone, v.Title, v.Lead = Warn, m.say("gui.unsent.title"), m.say("gui.unsent.text")
		v.Retry = Button{m.say("gui.unsent.retry"), Agree{Send: true}}
		v.Support = Button{m.say("gui.act.support"), Act{Action{Do: ActSupport}}}
		v.Next = []string{m.say("gui.unsent.hand", "who", m.sender())}
	}
	if d.Problem != "" {
		v.Rows = append(v.Rows, Row{m.say("gui.unsent.why"), sentence(render.Clean(d.Problem))})
	}
	if d.PDF != "" {
		v.Rows = append(v.Rows, Row{m.say("gui.file"), render.Clean(d.PDF)})
		v.Reveal = Button{m.say("gui.act.reveal"), Act{Action{ActReveal, d.PDF}}}
	}
	return v
}
