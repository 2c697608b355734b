// Package render puts results into words for people, as plain text. It judges
// nothing, and takes every word from the message catalogue it is given.
package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// Table prints one row a rule: what was measured, what is required and how it
// came out. Where that is wider than width characters, it is not told who measured, and long
// texts go over several lines; 0 is wide enough for anything.
func Table(w io.Writer, a policy.Appraisal, words *advice.Catalogue, width int) error {
	rows := [][]string{Head(words).Cells()}
	for _, r := range Rows(a, words) {
		rows = append(rows, r.Cells())
	}
	if width > 0 && widthOf(rows) > width {
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 2, 3) // who measured
		}
		rows = narrowed(rows, width)
	}
	return columns(w, rows)
}

// outcome says how a rule came out. What was not measured and need not be is not called good.
func outcome(r policy.RuleResult, words *advice.Catalogue) string {
	if r.Value == "" && r.Verdict == report.Ready {
		return words.Name("rule.optional")
	}
	return words.Name("rule." + string(r.Verdict))
}

// by says who measured a value: the probe saw it, or only the applicant's program says so.
func by(r policy.RuleResult, words *advice.Catalogue) string {
	switch {
	case r.Value == "":
		return "-"
	case r.Origin == report.Server:
		return words.Name("origin.server")
	default:
		return words.Name("origin.client")
	}
}

// Findings prints what is wrong, why it matters and the one thing to do, the
// worst first. What follows from another finding is only counted. Lines are
// broken at width characters; 0 breaks none.
func Findings(w io.Writer, list []report.Finding, words *advice.Catalogue, width int) error {
	for _, f := range Tell(list, words) {
		text := Wrap(f.Severity+" "+f.Title, width, "    ")
		for _, line := range f.Lines {
			text += Wrap("    "+line, width, "    ")
		}
		text += Wrap(fmt.Sprintf("    %s: %s. %s: %s", words.Name("finding.fault"), f.Fault, words.Name("finding.code"), f.Code), width, "    ")
		if f.Follows > 0 {
			text += fmt.Sprintf("    %s: %d\n", words.Name("finding.follows"), f.Follows)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func followers(list []report.Finding, code string) (n int) {
	for _, f := range list {
		if f.DependsOn == code {
			n++
		}
	}
	return n
}

// Headline says in a few words how a verification came out.
func Headline(res verify.Result, words *advice.Catalogue) string {
	if !res.Authentic {
		return words.Name("verify.not-authentic")
	}
	return words.Name("verify.authentic") + ", " + words.Name("verdict."+string(res.Appraisal.Verdict))
}

// Verification prints how a file came out: in one line, then the steps, the
// table and what is wrong.
func Verification(w io.Writer, name string, res verify.Result, words *advice.Catalogue, width int) error {
	if _, err := fmt.Fprintf(w, "%s: %s\n", Clean(name), Headline(res, words)); err != nil {
		return err
	}
	for _, s := range res.Steps {
		fmt.Fprintf(w, "  %-8s %-13s %s\n", words.Name("step."+string(s.Status)), words.Name("step."+s.Name), Clean(s.Detail))
	}
	if res.Appraisal == nil {
		return nil
	}
	if res.Report.Signature != "" {
		fmt.Fprintf(w, "  %s: %s\n", words.Name("report.signature"), Clean(res.Report.Signature))
	}
	fmt.Fprintln(w)
	if err := Table(w, *res.Appraisal, words, width); err != nil {
		return err
	}
	if len(res.Appraisal.Findings) > 0 {
		fmt.Fprintln(w)
	}
	return Findings(w, res.Appraisal.Findings, words, width)
}

// value is a measured value with its unit, in a size that people read.
func value(v, unit string, words *advice.Catalogue) string {
	if v == "" {
		return words.Name("value.absent")
	}
	return Quantity(v, unit, words)
}

func tier(t, unit string, words *advice.Catalogue) string {
	if t == "" {
		return "-"
	}
	sign := ""
	if rest, ok := strings.CutPrefix(t, ">= "); ok {
		sign, t = words.Name("tier.at-least")+" ", rest
	} else if rest, ok := strings.CutPrefix(t, "<= "); ok {
		sign, t = words.Name("tier.at-most")+" ", rest
	}
	return sign + Quantity(t, unit, words)
}

// Clean keeps a stranger's text from steering the terminal or turning the
// line around: control and formatting characters are dropped.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}
