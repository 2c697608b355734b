package model

import (
	"math"
	"strconv"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/render"
)

// WelcomeView says who asks, what will be measured and what leaves the computer.
type WelcomeView struct {
	Title, Lead string
	// Warning is what is not as it should be; empty where all is well.
	Warning string
	// Note is worth knowing, as that an earlier report was sent; may be empty.
	Note string
	// Invited: somebody asked for the check.
	Invited bool
	// Rows say who asks for what, and what it costs.
	Rows []Row
	// PlanTitle heads the plan, Plan are the checks, each with what it is good for.
	PlanTitle string
	Plan      []Row
	// PlanIDs are the ids of the plan's checks.
	PlanIDs []string
	// SentTitle heads what leaves the computer.
	SentTitle string
	Sent      []string
	// Entry lets the person open an invite.
	Entry EntryView
	// Start is the main button, Retry beside it, Self on the left.
	Start, Retry, Self Button
}

// EntryView is where an invite is opened from: typed, chosen or dropped.
type EntryView struct {
	Title, Text, Hint, Open, Choose string
}

func (m *Model) welcome() WelcomeView {
	o := m.offer
	v := WelcomeView{
		Title: m.say("gui.welcome.title"), Lead: m.say("gui.welcome.self"), Start: Button{m.say("gui.self"), Start{}},
		PlanTitle: m.say("gui.plan.title"), SentTitle: m.say("gui.leaves.title"),
		Entry: EntryView{m.say("gui.entry.title"), m.say("gui.entry.text"), m.say("gui.entry.hint"), m.say("gui.entry.open"), m.say("gui.entry.choose")},
	}
	if o.Invite != nil {
		v.Invited = true
		v.Lead, v.Start.Label = m.say("gui.welcome.invited", "who", m.sender()), m.say("gui.next")
		v.Rows = m.invited(*o.Invite)
		v.Self = Button{m.say("gui.self"), Use{Wish{Self: true}}}
		v.Entry.Title = m.say("gui.entry.other")
	}
	if o.Unconfirmed != "" {
		v.Lead = m.say("gui.welcome.unconfirmed")
		v.Warning = m.say("gui.unconfirmed.text", "why", sentence(render.Clean(o.Unconfirmed)))
		v.Retry = Button{m.say("gui.unconfirmed.retry"), Retry{}}
	}
	switch {
	case !o.Reported.IsZero():
		v.Note = m.say("gui.reported", "at", m.moment(o.Reported))
	case o.SentBefore > 0:
		v.Note = m.count("gui.sent-before", o.SentBefore)
	}
	v.Sent = m.leaves()
	v.Rows = append(v.Rows, m.cost()...)
	for _, p := range o.Plan {
		v.Plan, v.PlanIDs = append(v.Plan, Row{m.words.Name(p.ID), m.purpose(p)}), append(v.PlanIDs, p.ID)
	}
	return v
}

// purpose is what a check is good for, or that it is done.
func (m *Model) purpose(p Planned) string {
	if p.Kept {
		return m.say("gui.plan.kept")
	}
	s := m.words.Name("gui.why." + p.ID)
	if p.Fans {
		s += " " + m.say("gui.plan.fans")
	}
	return strings.TrimPrefix(s, "gui.why."+p.ID)
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
		{m.say("gui.row.until"), m.minute(inv.NotAfter)},
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
	if m.offer.Pseudonym {
		lines = append(lines, m.say("gui.leaves.pseudonym"))
	}
	if m.nameNeeded() {
		lines = append(lines, m.say("gui.leaves.name"))
	}
	return lines
}
