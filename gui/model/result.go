package model

import (
	"slices"
	"strings"

	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/render"
)

// ResultView is the judgment: in words, what to do about what is wrong, and each check.
type ResultView struct {
	Tone        Tone
	Title, Lead string
	// Warning says why nothing can be sent; empty where it can.
	Warning string
	// ProblemsTitle heads what to do; empty where there is nothing to do.
	ProblemsTitle string
	Problems      []ProblemView
	CardsTitle    string
	Cards         []CardView
	// More shows all values or fewer; Support makes a file for IT support.
	More, Support Button
	// Back and Again are on the left, Retry and Next on the right.
	Back, Again, Retry, Next Button
}

// CardView is one check and its values.
type CardView struct {
	Tone       Tone
	Name, Word string
	Lines      []LineView
	Again      Button
}

// LineView is one value: what was measured against what is needed, and before.
type LineView struct {
	Tone                                 Tone
	Name, Measured, Needed, Word, Before string
}

// ProblemView is one thing that is wrong, and what to do.
type ProblemView struct {
	Tone               Tone
	Title, Why, Action string
	// Worked says how to see that it helped.
	Worked string
	// Fault says who can do something about it.
	Fault string
	// Programs names those that are to be closed; it is shown here and sent nowhere. Empty for none.
	Programs string
	// Follows says how many other results wait for it; empty for none.
	Follows string
	// Do is the one thing that the window does for it, Again runs the check once more.
	Do, Again Button
}

func (m *Model) result() ResultView {
	a := m.outcome.Appraisal
	v := ResultView{
		Tone: toneOf(a.Verdict), Title: m.say("gui.verdict." + string(a.Verdict)), Lead: m.say("gui.verdict." + string(a.Verdict) + ".text"),
		CardsTitle: m.say("gui.cards.title"),
		Back:       Button{m.say("gui.back"), Back{}}, Again: Button{m.say("gui.again"), Again{}}, Support: Button{m.say("gui.act.support"), Act{Action{Do: ActSupport}}},
		More: Button{m.say("gui.more"), ShowAll{true}},
	}
	if m.detailed {
		v.More = Button{m.say("gui.less"), ShowAll{false}}
	}
	v.Cards = m.cards(a.Results)
	for _, f := range policy.Worst(a.Findings) {
		if f.DependsOn == "" {
			v.Problems = append(v.Problems, m.problem(f, a.Findings))
		}
	}
	if len(v.Problems) > 0 {
		v.ProblemsTitle = m.say("gui.findings.title")
	}
	switch {
	case m.mayUpload():
		v.Next = Button{m.say("gui.review-send"), ShowReview{}}
	case m.deliverable():
		v.Next = Button{m.say("gui.review-save"), ShowReview{}}
	default:
		v.Warning = m.say("gui.unconfirmed.result")
		v.Retry = Button{m.say("gui.unconfirmed.retry"), Retry{}}
	}
	return v
}

// weight orders tones from nothing to bad.
func weight(t Tone) int { return slices.Index([]Tone{Neutral, Good, Unclear, Warn, Bad}, t) }

// cards groups the results by check, in the order of the plan.
func (m *Model) cards(results []policy.RuleResult) []CardView {
	var cards []CardView
	for _, r := range m.rows {
		card := CardView{Name: m.words.Name(r.id), Tone: Good, Again: Button{m.say("gui.check-again"), Again{r.id}}}
		good := 0
		for _, res := range results {
			if res.Check != r.id || res.Value == "" && res.Verdict == report.Ready {
				continue // what is optional and was not measured tells nothing
			}
			l := m.line(res)
			if weight(l.Tone) > weight(card.Tone) {
				card.Tone = l.Tone
			}
			if l.Tone == Good {
				if good++; good > fewLines && !m.detailed {
					continue
				}
			}
			card.Lines = append(card.Lines, l)
		}
		card.Word = m.say("gui.card." + string(card.Tone))
		if r.state == LeftOut {
			card.Tone, card.Word = Neutral, m.say("gui.state."+string(LeftOut))
		}
		if len(card.Lines) > 0 || r.state == LeftOut {
			cards = append(cards, card)
		}
	}
	return cards
}

// fewLines is how many good values of a check are shown before the person asks for all.
const fewLines = 3

func (m *Model) line(r policy.RuleResult) LineView {
	v := LineView{Tone: toneOf(r.Verdict), Name: m.words.Name(r.Key), Measured: m.say("gui.not-measured"), Word: m.say("gui.rule." + string(r.Verdict))}
	if r.Value != "" {
		v.Measured = m.value(r.Value, r.Unit)
	} else {
		r.Unit = unitOf(r.Key) // only a measured value says its unit
	}
	if r.Value == "" && r.Verdict == report.NotReady {
		v.Word = m.say("gui.rule.missing")
	}
	v.Needed = m.needed(r)
	if b, ok := m.earlier(r.Check, r.Key); ok {
		if before := m.value(b, r.Unit); before != v.Measured {
			v.Before = m.say("gui.before", "value", before)
		}
	}
	return v
}

// needed is what the role needs of a value, in words.
func (m *Model) needed(r policy.RuleResult) string {
	kind := ".one"
	switch {
	case strings.HasPrefix(r.Minimum+r.Recommended, ">="):
		kind = ".least"
	case strings.HasPrefix(r.Minimum+r.Recommended, "<="):
		kind = ".most"
	}
	minimum, recommended := m.tier(r.Minimum, r.Unit), m.tier(r.Recommended, r.Unit)
	switch {
	case r.Minimum == "":
		return m.say("gui.better"+kind, "recommended", recommended)
	case r.Recommended == "" || r.Minimum == r.Recommended:
		return m.say("gui.needed"+kind, "minimum", minimum)
	default:
		return m.say("gui.needed"+kind+".better", "minimum", minimum, "recommended", recommended)
	}
}

// earlier is the value that a check had for a key before it ran again.
func (m *Model) earlier(check, key string) (string, bool) {
	e, ok := m.outcome.Before[check]
	if !ok {
		return "", false
	}
	if x, ok := e.Metric(key); ok {
		return x.Value.String(), true
	}
	f, ok := e.Facts[key]
	return f, ok
}

func (m *Model) problem(f report.Finding, all []report.Finding) ProblemView {
	a := m.words.For(m.spoken(f))
	v := ProblemView{
		Tone:  map[report.Severity]Tone{report.Info: Neutral, report.Warning: Warn, report.Failure: Bad, report.Unknown: Unclear}[f.Severity],
		Title: render.Clean(a.Title), Why: render.Clean(a.Why), Action: render.Clean(a.Action), Worked: render.Clean(a.Worked),
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
	if f.Severity == report.Info {
		return v
	}
	if v.Worked == "" {
		v.Worked = m.say("gui.worked")
	}
	again := Action{ActAgain, f.Check}
	act, known := actionFor(f), m.row(f.Check) != nil
	if act != again || known {
		v.Do = Button{m.label(act), Act{act}}
	}
	if act != again && known {
		v.Again = Button{m.label(again), Act{again}}
	}
	return v
}

// busyCode is the finding that other programs keep the computer busy.
const busyCode = "machine.cpu.busy"

// programs are the busiest ones that a check saw.
func (m *Model) programs(check string) string {
	r := m.row(check)
	if r == nil || len(r.private[programsKey]) == 0 {
		return ""
	}
	return render.Clean(m.words.Name(programsKey) + ": " + strings.Join(r.private[programsKey], ", "))
}

// programsKey is the name under which a check keeps the busiest programs.
const programsKey = "programs"
