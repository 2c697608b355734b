package pdf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/render"
)

func itoa(n int) string { return strconv.Itoa(n) }

// judgment is every rule of the policy with how it came out.
func (s *sheet) judgment() {
	s.section(s.word("pdf.section.rules"), bottom)
	s.paragraph(style{size: 9, color: grey()}, left, width, s.blank("pdf.rules.text", "policy", s.c.policy.ID, "version", itoa(s.c.policy.Version)))
	s.y += 6
	var rows [][]string
	for _, r := range s.c.appraisal.Results {
		row := render.RowOf(r, s.v.Words)
		by := row.By
		if r.Value != "" {
			by = s.who(s.c.seen(r))
		}
		rows = append(rows, []string{row.What, row.Measured, row.Required, row.Recommended, by, row.Result})
	}
	s.table([]column{{"table.check", left, 138, false}, {"table.measured", left + 144, 70, false}, {"table.required", left + 218, 80, false},
		{"table.recommended", left + 302, 80, false}, {"pdf.seen", left + 386, 44, false}, {"table.result", left + 434, 65, false}}, rows)
}

func (s *sheet) who(observed bool) string {
	if observed {
		return s.word("pdf.observed")
	}
	return s.word("pdf.claimed")
}

// evidence is everything that was measured, check by check.
func (s *sheet) evidence() {
	s.section(s.word("pdf.section.evidence"), 180)
	s.paragraph(style{size: 9, color: grey()}, left, width, s.word("pdf.evidence.text"))
	for i, e := range s.c.report.Evidence {
		if i == maxChecks {
			s.paragraph(style{size: tableSize, color: grey()}, left, width, s.blank("pdf.beyond", "n", itoa(len(s.c.report.Evidence)-i)))
			return
		}
		s.check(e)
	}
}

// check is the evidence of one check.
func (s *sheet) check(e report.Evidence) {
	s.need(80)
	s.y += 12
	s.text(style{size: 11, bold: true, color: ink()}, left, s.y+10, 330, s.word(e.Check))
	s.text(style{size: 9, color: ink(), right: true}, left+340, s.y+10, 159, s.word("outcome."+string(e.Outcome)))
	s.y += 15
	s.paragraph(style{size: 7.5, color: grey()}, left, width, s.blank("pdf.check", "id", e.Check, "revision", itoa(e.Revision),
		"started", e.Started.UTC().Format(time.RFC3339), "seconds", seconds(e.ElapsedMS)))
	if e.Reason != "" {
		s.paragraph(style{size: 8, color: ink()}, left, width, fmt.Sprintf("%s: %s. %s: %s", s.word("finding.code"), e.Reason, s.word("finding.fault"), s.word("fault."+string(e.Fault))))
	}
	var rows [][]string
	for _, m := range e.Metrics {
		samples := ""
		if m.Samples > 0 {
			samples = itoa(m.Samples)
		}
		rows = append(rows, []string{s.word(m.Key), m.Key, m.Value.String(), m.Unit, samples, s.who(s.c.observed(e.Check, m))})
	}
	if len(rows) > 0 {
		s.table([]column{{"table.check", left, 140, false}, {"pdf.key", left + 146, 150, false}, {"table.measured", left + 300, 76, true},
			{"pdf.unit", left + 382, 36, false}, {"pdf.samples", left + 418, 34, true}, {"pdf.seen", left + 458, 41, false}}, rows)
	}
	rows = nil
	for _, k := range slices.Sorted(maps.Keys(e.Facts)) {
		rows = append(rows, []string{k, s.word(e.Facts[k])})
	}
	if len(rows) > 0 {
		s.table([]column{{"pdf.fact", left, 140, false}, {"pdf.value", left + 146, 353, false}}, rows)
	}
	for _, v := range e.Series[:min(len(e.Series), maxCharts)] {
		s.chart(v, s.c.observedSeries(e.Check, v))
	}
}

func seconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) }

// advice is what to do about each finding, for whoever helps.
func (s *sheet) advice() {
	s.section(s.word("pdf.section.advice"), 330)
	list := policy.Worst(s.c.appraisal.Findings)
	if len(list) == 0 {
		s.paragraph(style{size: 9.5, color: ink()}, left, width, s.word("pdf.advice.none"))
		return
	}
	for i, f := range list {
		if i == maxFindings {
			s.paragraph(style{size: tableSize, color: grey()}, left, width, s.blank("pdf.beyond", "n", itoa(len(list)-i)))
			return
		}
		s.finding(f)
	}
}

func (s *sheet) finding(f report.Finding) {
	const indent = 22
	a := s.v.Words.For(f)
	title := style{size: 10.5, bold: true, color: ink()}
	body := style{size: 9, color: ink()}
	lines := len(s.wrap(title, width-indent, a.Title))*2 + 3
	for _, t := range []string{a.Why, a.Action, a.Worked} {
		lines += len(s.wrap(body, width-indent, t))
	}
	s.need(min(float64(lines)*13, 300))
	s.mark(severe(f.Severity), left, s.y+1, 13)
	s.paragraph(title, left+indent, width-indent, s.word("severity."+string(f.Severity))+" "+a.Title)
	if f.DependsOn != "" {
		s.paragraph(body, left+indent, width-indent, s.blank("pdf.follows", "cause", s.v.Words.For(report.Finding{Code: f.DependsOn}).Title))
	} else {
		for _, t := range []string{a.Why, a.Action, a.Worked} {
			if t != "" {
				s.paragraph(body, left+indent, width-indent, t)
			}
		}
	}
	s.paragraph(style{size: 8, color: grey()}, left+indent, width-indent,
		fmt.Sprintf("%s: %s. %s: %s", s.word("finding.fault"), s.word("fault."+string(f.Fault)), s.word("finding.code"), f.Code))
	s.y += 9
}

// severe is the verdict that a finding alone would bring.
func severe(v report.Severity) report.Verdict {
	switch v {
	case report.Failure:
		return report.NotReady
	case report.Warning:
		return report.ReadyWithWarnings
	case report.Info:
		return report.Ready
	}
	return report.Inconclusive
}

// about is what IT and a verifier's author look for.
func (s *sheet) about() {
	s.need(190)
	s.y += 14
	s.text(style{size: 11, bold: true, color: ink()}, left, s.y+10, width, s.word("pdf.section.about"))
	s.y += 18
	r := s.c.report
	rows := [][]string{
		{s.word("pdf.digest"), s.c.digest},
		{s.word("pdf.program"), strings.Join([]string{r.Program.Name, r.Program.Version, r.Program.OS, r.Program.Arch}, " ")},
		{s.word("pdf.measured"), r.Started.UTC().Format(time.RFC3339) + " – " + r.Finished.UTC().Format(time.RFC3339)},
		{s.word("pdf.policy"), r.PolicySHA256},
		{s.word("pdf.session-key"), r.SessionKey},
	}
	if i := s.c.invite; i != nil {
		rows = append(rows, []string{s.word("pdf.invite"), i.ID}, []string{s.word("pdf.server"), i.Origin})
	}
	s.table([]column{{"pdf.fact", left, 140, false}, {"pdf.value", left + 146, 353, false}}, rows)
	s.paragraph(style{size: 8, color: grey()}, left, width, s.word("pdf.trust.text"))
}
