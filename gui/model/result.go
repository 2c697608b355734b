package model

import (
	"slices"
	"strings"

	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/render"
)

// ResultView is the judgment: in words, rule by rule, and what to do.
type ResultView struct {
	Tone        Tone
	Title, Lead string
	// FindingsTitle heads what to do; empty where there is nothing to do.
	FindingsTitle string
	Findings      []FindingView
	RulesTitle    string
	Rules         []RuleView
	// Warning says why nothing can be sent; empty where it can.
	Warning string
	// Again, Retry and Next are the buttons' labels; none where empty.
	Again, Retry, Next string
}

// RuleView is one requirement: what was measured against what is needed.
type RuleView struct {
	Tone                         Tone
	Name, Measured, Needed, Word string
}

// FindingView is one thing that is wrong.
type FindingView struct {
	Tone               Tone
	Title, Why, Action string
	// Fault says who can do something about it.
	Fault string
	// Programs names those that are to be closed; it is shown here and sent nowhere. Empty for none.
	Programs string
	// Follows says how many other checks wait for it; empty for none.
	Follows string
}

func (m *Model) result() ResultView {
	a := m.outcome.Appraisal
	v := ResultView{
		Tone: toneOf(a.Verdict), Title: m.say("gui.verdict." + string(a.Verdict)), Lead: m.say("gui.verdict." + string(a.Verdict) + ".text"),
		RulesTitle: m.say("gui.rules.title"), Again: m.say("gui.again"),
	}
	for _, r := range a.Results {
		v.Rules = append(v.Rules, m.rule(r))
	}
	for _, f := range a.Findings {
		if f.DependsOn == "" {
			v.Findings = append(v.Findings, m.finding(f, a.Findings))
		}
	}
	if len(v.Findings) > 0 {
		v.FindingsTitle = m.say("gui.findings.title")
	}
	switch {
	case m.upload():
		v.Next = m.say("gui.review-send")
	case m.deliverable():
		v.Next = m.say("gui.review-save")
	default:
		v.Warning = m.say("gui.unconfirmed.result")
		v.Retry = m.say("gui.unconfirmed.retry")
	}
	if m.offer.Sealed {
		v.Again = ""
	}
	return v
}

func (m *Model) rule(r policy.RuleResult) RuleView {
	v := RuleView{Tone: toneOf(r.Verdict), Name: m.words.Name(r.Key), Measured: m.say("gui.not-measured")}
	if r.Value != "" {
		v.Measured = m.value(r.Value, r.Unit)
	} else {
		r.Unit = unitOf(r.Key) // only a measured value says its unit
	}
	switch {
	case r.Minimum != "" && r.Recommended != "" && r.Minimum != r.Recommended:
		v.Needed = m.say("gui.needed.both", "minimum", m.tier(r.Minimum, r.Unit), "recommended", m.value(strings.TrimLeft(r.Recommended, "<>= "), r.Unit))
	case r.Minimum != "":
		v.Needed = m.say("gui.needed.minimum", "minimum", m.tier(r.Minimum, r.Unit))
	default:
		v.Needed = m.say("gui.needed.recommended", "recommended", m.tier(r.Recommended, r.Unit))
	}
	v.Word = m.say("gui.rule." + string(r.Verdict))
	switch {
	case r.Value == "" && r.Verdict == report.Ready: // optional, and not measured
		v.Tone, v.Word = Neutral, m.say("gui.rule.optional")
	case r.Value == "" && r.Verdict == report.NotReady:
		v.Word = m.say("gui.rule.missing")
	}
	return v
}

func (m *Model) finding(f report.Finding, all []report.Finding) FindingView {
	a := m.words.For(f)
	v := FindingView{
		Tone:  map[report.Severity]Tone{report.Info: Neutral, report.Warning: Warn, report.Failure: Bad, report.Unknown: Unclear}[f.Severity],
		Title: render.Clean(a.Title), Why: render.Clean(a.Why), Action: render.Clean(a.Action),
		Fault: m.say("gui.fault." + string(f.Fault)),
	}
	if f.Code == busyCode {
		v.Programs = m.programs(f.Check)
	}
	follow := 0
	for _, o := range all {
		if o.DependsOn == f.Code {
			follow++
		}
	}
	if follow > 0 {
		v.Follows = m.count("gui.follows", follow)
	}
	return v
}

// busyCode is the finding that other programs keep the computer busy.
const busyCode = "machine.cpu.busy"

// programs are the busiest ones that a check saw.
func (m *Model) programs(check string) string {
	i := slices.IndexFunc(m.rows, func(r row) bool { return r.id == check })
	if i < 0 || len(m.rows[i].private[programsKey]) == 0 {
		return ""
	}
	return render.Clean(m.words.Name(programsKey) + ": " + strings.Join(m.rows[i].private[programsKey], ", "))
}

// programsKey is the name under which a check keeps the busiest programs.
const programsKey = "programs"
