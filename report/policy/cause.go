package policy

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"linecheck/report"
)

// What explains other findings. A cause is told once, and what follows from it is put
// under it, so that a person reads what to do first and not nine reds. Causes are as
// grave as the worst that they explain, and change no verdict but that on the way alone.

// cause is a code that explains other findings.
type cause struct {
	code  string
	check string // whose evidence shows it; empty for the look at the way
	fault report.Fault
	// seen says whether the way to the server shows it; nil where a rule of the policy
	// or a check finds it by itself.
	seen func(way) bool
	// blocks: nothing gets to the server. The first of these alone is told, and no other
	// trouble on the way beside it.
	blocks bool
	// quiet: of interest only where it explains something.
	quiet bool
	// alone is how grave it is where nothing else of the line was measured, so that
	// nothing could follow from it; empty for [report.Info].
	alone report.Severity
	// explains says whether a finding follows from it.
	explains func(report.Finding) bool
}

// follow finds the causes in the evidence, and puts what follows from each under it.
// The first cause in the table that explains a finding is its cause; what explains a
// cause explains all that follows from it.
func follow(findings []report.Finding, evidence []report.Evidence) []report.Finding {
	w, looked := wayOf(evidence)
	alone := looked && !measuresLine(evidence)
	blocked := false
	for _, c := range table() {
		i := slices.IndexFunc(findings, func(f report.Finding) bool { return f.Code == c.code })
		if i < 0 && (c.seen == nil || !looked || blocked || !c.seen(w)) {
			continue
		}
		blocked = blocked || c.blocks
		var under []int
		for k, f := range findings {
			if f.Code != c.code && f.DependsOn == "" && c.explains(f) {
				under = append(under, k)
			}
		}
		if i < 0 && (len(under) > 0 || !c.quiet) {
			f := report.Finding{Code: c.code, Check: cmp.Or(c.check, wayCheck), Args: w.args(), Severity: report.Info, Fault: c.fault}
			if alone && c.alone != "" {
				f.Severity = c.alone
			}
			findings = append(findings, f)
		}
		for _, k := range under {
			findings[k].DependsOn = c.code
		}
	}
	roots(findings)
	weigh(findings)
	return findings
}

// roots puts everything under the cause at the end of its chain.
func roots(findings []report.Finding) {
	above := map[string]string{}
	for _, f := range findings {
		if _, known := above[f.Code]; !known {
			above[f.Code] = f.DependsOn
		}
	}
	for i := range findings {
		f := &findings[i]
		for steps := 0; f.DependsOn != "" && above[f.DependsOn] != "" && steps < len(findings); steps++ {
			f.DependsOn = above[f.DependsOn]
		}
	}
}

// weigh makes each cause as grave as the worst that follows from it.
func weigh(findings []report.Finding) {
	for _, f := range findings {
		i := slices.IndexFunc(findings, func(root report.Finding) bool { return f.DependsOn != "" && root.Code == f.DependsOn })
		if i >= 0 && gravity(f.Severity) > gravity(findings[i].Severity) {
			findings[i].Severity = f.Severity
		}
	}
}

// ofWay is the verdict on the way to the server, where it was all that was looked at.
func ofWay(findings []report.Finding) report.Verdict {
	verdict := report.Ready
	for _, f := range findings {
		switch {
		case f.Check != wayCheck:
		case f.Severity == report.Unknown:
			return report.Inconclusive
		case f.Severity == report.Warning:
			verdict = report.ReadyWithWarnings
		}
	}
	return verdict
}

// First is the finding to act on first: the worst that follows from no other, and of
// those that are equally grave the most fundamental. ok is false where nothing is
// worse than worth knowing.
func First(findings []report.Finding) (first report.Finding, ok bool) {
	for _, f := range Worst(findings) {
		if f.DependsOn == "" && f.Severity != report.Info {
			return f, true
		}
	}
	return first, false
}

// Worst is the list with the worst first, and of those that are equally grave the most fundamental.
func Worst(findings []report.Finding) []report.Finding {
	order := map[string]int{}
	for i, c := range table() {
		if _, known := order[c.code]; !known {
			order[c.code] = i - len(table())
		}
	}
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b report.Finding) int {
		return cmp.Or(gravity(b.Severity)-gravity(a.Severity), order[a.Code]-order[b.Code])
	})
	return sorted
}

// gravity orders severities, from 0 for what is worth knowing.
func gravity(s report.Severity) int {
	return slices.Index([]report.Severity{report.Info, report.Warning, report.Unknown, report.Failure}, s)
}

// codes explains findings whose code has one of these forms, "*" standing for any letters.
func codes(patterns ...string) func(report.Finding) bool {
	return func(f report.Finding) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			fits, err := path.Match(p, f.Code)
			return err == nil && fits
		})
	}
}

// unreached explains every value that a check of the line could not get, and the like patterns.
func unreached(patterns ...string) func(report.Finding) bool {
	also := codes(patterns...)
	return func(f report.Finding) bool {
		return f.Severity == report.Unknown && (f.Check == wayCheck || ofLine(f.Check)) || also(f)
	}
}

// ofLine says whether a check measures the line, or calls over it.
func ofLine(check string) bool {
	return strings.HasPrefix(check, "internet.") || strings.HasPrefix(check, "webrtc.")
}

// measuresLine says whether evidence is there of a check that does.
func measuresLine(evidence []report.Evidence) bool {
	return slices.ContainsFunc(evidence, func(e report.Evidence) bool { return ofLine(e.Check) })
}

// anyOf explains what one of these does.
func anyOf(list ...func(report.Finding) bool) func(report.Finding) bool {
	return func(f report.Finding) bool {
		return slices.ContainsFunc(list, func(one func(report.Finding) bool) bool { return one(f) })
	}
}

// missed explains values of a check that are missing.
func missed(check string) func(report.Finding) bool {
	return func(f report.Finding) bool {
		return f.Check == check && (f.Code == MissingCode || f.Code == UnobservedCode)
	}
}
