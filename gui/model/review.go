package model

import (
	"maps"
	"slices"
	"strings"

	"linecheck/report"
	"linecheck/report/render"
)

// ReviewView is everything that is in the report, before it is signed.
type ReviewView struct {
	Title, Lead string
	Sections    []Section
	// Not says what is not in the report.
	Not string
	// NameLabel, NameHint and Name are for the legal name; NameLabel is empty where none is asked for.
	NameLabel, NameHint, Name string
	// Promise is what signing means.
	Promise string
	// Agree is the main button, Save stores without sending, Back is on the left.
	Agree, Save, Back Button
	// MayAgree: nothing is missing.
	MayAgree bool
}

// Section is one part of the report.
type Section struct {
	Title string
	Rows  []Row
}

func (m *Model) review() ReviewView {
	v := ReviewView{
		Title: m.say("gui.review.save.title"), Lead: m.say("gui.review.save.text"), Not: m.say("gui.review.not"),
		Promise: m.say("gui.review.save.promise"), Agree: Button{m.say("gui.save"), Agree{}}, Back: Button{m.say("gui.back"), Back{}}, MayAgree: m.mayAgree(),
	}
	if m.mayUpload() {
		v.Title, v.Lead = m.say("gui.review.title"), m.say("gui.review.text", "who", m.sender())
		v.Promise, v.Agree = m.say("gui.review.promise"), Button{m.say("gui.agree"), Agree{Send: true}}
		v.Save = Button{m.say("gui.save-only"), Agree{}}
	}
	if m.nameNeeded() {
		v.NameLabel, v.NameHint, v.Name = m.say("gui.name.label"), m.say("gui.name.hint"), m.name
	}
	if slices.ContainsFunc(m.outcome.Evidence, func(e report.Evidence) bool { return e.Facts["sample"] == "agreed" }) {
		v.Not = m.say("gui.review.voice")
	}
	v.Sections = append(v.Sections, m.about())
	for _, e := range m.outcome.Evidence {
		v.Sections = append(v.Sections, m.evidence(e))
	}
	return v
}

// about is the report's head: who asked, what made it, when.
func (m *Model) about() Section {
	s := Section{Title: m.say("gui.review.about")}
	add := func(key, value string) {
		if value != "" {
			s.Rows = append(s.Rows, Row{m.say(key), render.Clean(value)})
		}
	}
	if inv := m.offer.Invite; inv != nil {
		add("gui.row.to", m.sender()+" ("+inv.Origin+")")
		add("gui.row.role", inv.Role+", "+inv.Region)
		add("gui.row.reference", inv.Applicant)
		add("gui.row.invite", inv.ID)
	}
	p := m.offer.Program
	add("gui.row.program", p.Name+" "+p.Version+" ("+p.OS+", "+p.Arch+")")
	add("gui.row.signature", m.say("gui.review.key"))
	if m.offer.Pseudonym {
		add("gui.row.computer", m.say("gui.review.pseudonym"))
	}
	return s
}

// evidence is everything one check recorded.
func (m *Model) evidence(e report.Evidence) Section {
	s := Section{Title: m.words.Name(e.Check)}
	s.Rows = append(s.Rows, Row{m.say("gui.row.when"), m.say("gui.when", "at", m.moment(e.Started), "seconds", m.decimal(render.Short(report.Number(float64(e.ElapsedMS)/1000))))})
	if e.Outcome != report.Measured {
		s.Rows = append(s.Rows, Row{m.say("gui.row.outcome"), m.words.For(report.Finding{Code: e.Reason}).Title + " (" + render.Clean(e.Reason) + ")"})
	}
	for _, x := range e.Metrics {
		value := m.value(x.Value.String(), x.Unit)
		if x.Samples > 0 {
			value = m.say("gui.samples", "value", value, "n", m.number(x.Samples))
		}
		if x.Origin == report.Server {
			value = m.say("gui.by-server", "value", value)
		}
		s.Rows = append(s.Rows, Row{render.Clean(m.words.Name(x.Key)), value})
	}
	for _, k := range slices.Sorted(maps.Keys(e.Facts)) {
		s.Rows = append(s.Rows, Row{render.Clean(m.words.Name(k)), render.Clean(m.words.Name(e.Facts[k]))})
	}
	return s
}

// deliverable: somebody confirmed asked for the report, or the person keeps it.
func (m *Model) deliverable() bool { return m.offer.Unconfirmed == "" }

// mayUpload says whether the report can leave the computer.
func (m *Model) mayUpload() bool { return m.offer.Invite != nil && m.offer.Unconfirmed == "" }

// nameNeeded: the invite asks for a legal name, and the report is not signed with one yet.
func (m *Model) nameNeeded() bool {
	return m.mayUpload() && m.offer.Invite.LegalName && !m.offer.Sealed
}

// maxName bounds the legal name, in bytes.
const maxName = 200

// LegalName is the name as it is signed with: trimmed, without invisible
// characters; empty where none is asked for.
func (m *Model) LegalName() string {
	if !m.nameNeeded() {
		return ""
	}
	return strings.Join(strings.Fields(render.Clean(m.name)), " ")
}

func (m *Model) mayAgree() bool {
	n := len(m.LegalName())
	return !m.nameNeeded() || n > 0 && n <= maxName
}
