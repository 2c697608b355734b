package model

import (
	"math"
	"strconv"
	"time"

	"linecheck/report"
	"linecheck/report/render"
)

// WelcomeView says who asks, what will be measured and what leaves the computer.
type WelcomeView struct {
	Title, Lead string
	// Rows say who asks for what, and what it costs.
	Rows []Row
	// PlanTitle heads the plan; a step's value says that it is measured already.
	PlanTitle string
	Plan      []Row
	// SentTitle heads what leaves the computer.
	SentTitle string
	Sent      []string
	// Sound lets the person choose devices; nil where there is nothing to choose.
	Sound *SoundView
	// Warning is what is not as it should be; empty where all is well.
	Warning string
	// Note is worth knowing, as that an earlier report was sent; may be empty.
	Note string
	// Start and Retry are the buttons' labels; Retry may be empty.
	Start, Retry string
}

func (m *Model) welcome() WelcomeView {
	o := m.offer
	v := WelcomeView{
		Title: m.say("gui.welcome.title"), Lead: m.say("gui.welcome.self"), Start: m.say("gui.start"),
		PlanTitle: m.say("gui.plan.title"), SentTitle: m.say("gui.leaves.title"),
	}
	if o.Invite != nil {
		v.Lead = m.say("gui.welcome.invited", "who", m.sender())
		v.Rows = m.invited(*o.Invite)
	}
	if o.Unconfirmed != "" {
		v.Lead = m.say("gui.welcome.unconfirmed")
		v.Warning = m.say("gui.unconfirmed.text", "why", sentence(render.Clean(o.Unconfirmed)))
		v.Retry = m.say("gui.unconfirmed.retry")
	}
	if o.SentBefore > 0 {
		v.Note = m.count("gui.sent-before", o.SentBefore)
	}
	v.Sent = m.leaves()
	if o.Sealed {
		v.Lead, v.Start = m.say("gui.welcome.sealed"), m.say("gui.continue")
		return v
	}
	v.Sound = m.sound()
	v.Rows = append(v.Rows, m.cost()...)
	for _, p := range o.Plan {
		row := Row{Name: m.words.Name(p.ID)}
		switch {
		case p.Kept:
			row.Value = m.say("gui.plan.kept")
		case p.Fans:
			row.Value = m.say("gui.plan.fans")
		}
		v.Plan = append(v.Plan, row)
	}
	return v
}

// invited are the invite's own words, which a stranger may have written.
func (m *Model) invited(inv report.Invite) []Row {
	from := Row{m.say("gui.row.from"), m.sender() + " (" + render.Clean(inv.Origin) + ")"}
	if m.offer.Sender == "" {
		from.Value = render.Clean(inv.Origin)
	}
	return []Row{
		from,
		{m.say("gui.row.role"), render.Clean(inv.Role) + ", " + render.Clean(inv.Region)},
		{m.say("gui.row.until"), day(inv.NotAfter)},
	}
}

// cost says how long it takes and how much it moves over the network.
func (m *Model) cost() []Row {
	var took time.Duration
	var moved int64
	for _, p := range m.offer.Plan {
		if !p.Kept {
			took += p.Typical
			moved += p.MaxBytes
		}
	}
	if took == 0 && moved == 0 {
		return []Row{{m.say("gui.row.time"), m.say("gui.time.none")}}
	}
	return []Row{
		{m.say("gui.row.time"), m.count("gui.time", int(math.Ceil(took.Minutes())))},
		{m.say("gui.row.data"), m.say("gui.data", "n", strconv.FormatInt((moved+1e6-1)/1e6, 10))},
	}
}

// leaves says what leaves the computer, and what does not.
func (m *Model) leaves() []string {
	switch {
	case m.offer.Invite == nil:
		return []string{m.say("gui.leaves.self")}
	case m.offer.Unconfirmed != "":
		return []string{m.say("gui.leaves.unconfirmed")}
	}
	not := m.say("gui.leaves.not")
	if m.offer.Invite.VoiceSample {
		not = m.say("gui.leaves.voice")
	}
	lines := []string{m.say("gui.leaves.report", "who", m.sender()), not}
	if m.nameNeeded() {
		lines = append(lines, m.say("gui.leaves.name"))
	}
	return lines
}
