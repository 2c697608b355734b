package policy

import (
	"slices"
	"strings"

	"linecheck/report"
)

// Appraisal is the judgment of evidence under a policy.
type Appraisal struct {
	Verdict report.Verdict `json:"verdict"`
	// Results has one entry a rule, in the policy's order.
	Results  []RuleResult     `json:"results"`
	Findings []report.Finding `json:"findings"`
}

// RuleResult is how one rule came out.
type RuleResult struct {
	Rule  string `json:"rule"`
	Check string `json:"check"`
	Key   string `json:"key"`
	// Value is the value as measured; empty where it was not.
	Value string `json:"value,omitzero"`
	Unit  string `json:"unit,omitzero"`
	// Origin is who measured it; empty for facts, which the applicant's program states.
	Origin report.Origin `json:"origin,omitzero"`
	// Minimum and Recommended are what was required, as ">= 10"; empty where the tier asks for nothing.
	Minimum     string         `json:"minimum,omitzero"`
	Recommended string         `json:"recommended,omitzero"`
	Verdict     report.Verdict `json:"verdict"`
	// Finding is the code of what is wrong; empty where nothing is.
	Finding string `json:"finding,omitzero"`
}

// MissingCode is the finding for a required value that a finished check did not measure.
const MissingCode = "policy.value.missing"

// UnobservedCode is the finding for a value that only the applicant's program
// claims where the recruiter's probe must have seen it.
const UnobservedCode = "policy.value.unobserved"

// missing ends the reasons that say: this computer has not got one.
const missing = ".none"

// NotRunCode is the finding for a required check that is not in the report at all.
const NotRunCode = "policy.check.missing"

// Appraise judges evidence under p. The same arguments give the same result, for ever.
//
// A rule is missed when a measured value misses its bound. Where a check was
// not measured its rules are inconclusive, except where the computer has not got
// what the check needs (unavailable, fault "you", a reason that ends in
// ".none", as "audio.microphone.none"): that is not ready, optional or not. Where the person asked
// for another way, what was not measured counts for nothing. The verdict is the worst rule's, in the order not-ready, inconclusive,
// ready-with-warnings, ready.
func Appraise(p Policy, evidence []report.Evidence) Appraisal {
	a := Appraisal{Results: []RuleResult{}, Findings: []report.Finding{}}
	verdict := report.Ready
	for _, r := range p.Rules {
		res, finding := judge(r, evidence)
		a.Results = append(a.Results, res)
		verdict = worse(verdict, res.Verdict)
		if finding != nil && !slices.ContainsFunc(a.Findings, func(f report.Finding) bool {
			return f.Code == finding.Code && f.Check == finding.Check && (finding.Args["key"] == f.Args["key"])
		}) {
			a.Findings = append(a.Findings, *finding)
		}
	}
	a.Findings = append(a.Findings, requests(p, evidence)...)
	a.Findings = append(a.Findings, ours(evidence)...)
	a.Findings = append(a.Findings, unread(evidence)...)
	for _, f := range beyond(evidence) {
		a.Findings = append(a.Findings, f)
		verdict = worse(verdict, report.ReadyWithWarnings)
	}
	a.Findings = follow(a.Findings, evidence)
	if !measuresLine(evidence) {
		verdict = worse(verdict, ofWay(a.Findings))
	}
	a.Verdict = verdict
	fold(a.Findings)
	return a
}

// AppraiseMeasured judges evidence by the rules on the checks that are in it: what was
// not measured at all is no finding.
func AppraiseMeasured(p Policy, evidence []report.Evidence) Appraisal {
	var checks []string
	for _, e := range evidence {
		checks = append(checks, e.Check)
	}
	return Appraise(p.Only(checks), evidence)
}

func worse(a, b report.Verdict) report.Verdict {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

func rank(v report.Verdict) int {
	switch v {
	case report.Ready:
		return 0
	case report.ReadyWithWarnings:
		return 1
	case report.Inconclusive:
		return 2
	default:
		return 3
	}
}

func judge(r Rule, evidence []report.Evidence) (RuleResult, *report.Finding) {
	res := RuleResult{Rule: r.ID, Check: r.Check, Key: r.Key()}
	res.Minimum, res.Recommended = r.tiers()
	i := slices.IndexFunc(evidence, func(e report.Evidence) bool { return e.Check == r.Check })
	if i < 0 {
		return unmeasured(r, res, NotRunCode, report.FaultYou, map[string]string{"check": r.Check})
	}
	e := evidence[i]
	if requested(e) {
		r.Optional = true // what they could not do is not held against them
	}
	if e.Outcome != report.Measured {
		return notMeasured(r, res, e)
	}
	if r.Metric != "" {
		return judgeMetric(r, res, e)
	}
	return judgeFact(r, res, e)
}

// notMeasured judges a rule whose check has no result. Only one that was left
// out on purpose is excused by an optional rule.
func notMeasured(r Rule, res RuleResult, e report.Evidence) (RuleResult, *report.Finding) {
	if e.Outcome == report.Unavailable && e.Fault == report.FaultYou && strings.HasSuffix(e.Reason, missing) {
		res.Verdict, res.Finding = report.NotReady, e.Reason
		return res, &report.Finding{Code: e.Reason, Check: r.Check, Args: map[string]string{}, Severity: report.Failure, Fault: e.Fault}
	}
	r.Optional = r.Optional && e.Outcome == report.Skipped
	return unmeasured(r, res, e.Reason, e.Fault, map[string]string{})
}

// unmeasured is inconclusive, or nothing to worry about where the rule is optional.
func unmeasured(r Rule, res RuleResult, code string, fault report.Fault, args map[string]string) (RuleResult, *report.Finding) {
	if r.Optional {
		res.Verdict = report.Ready
		return res, nil
	}
	res.Verdict, res.Finding = report.Inconclusive, code
	return res, &report.Finding{Code: code, Check: r.Check, Args: args, Severity: report.Unknown, Fault: fault}
}

func judgeMetric(r Rule, res RuleResult, e report.Evidence) (RuleResult, *report.Finding) {
	m, ok := e.Metric(r.Metric)
	if ok && r.Observed && m.Origin != report.Server {
		return unmeasured(r, res, UnobservedCode, unseen(e), map[string]string{"key": r.Metric})
	}
	if !ok {
		return unmeasured(r, res, MissingCode, r.Fault, map[string]string{"key": r.Metric})
	}
	res.Value, res.Unit, res.Origin = m.Value.String(), m.Unit, m.Origin
	misses := func(bound *report.Number) bool {
		switch {
		case bound == nil:
			return false
		case r.AtLeast != nil:
			return m.Value < *bound
		default:
			return m.Value > *bound
		}
	}
	b := r.bounds()
	if r.Fault == report.FaultNetwork && e.Facts[report.LimitFact] == report.LimitComputer {
		r.Finding, r.Fault = ComputerCode, report.FaultYou // the line may well do better
	}
	return graded(r, res, misses(b.Minimum), misses(b.Recommended))
}

// unseen is whose fault it is that the probe's own account is missing, as far as the
// check could tell: its server died, or the line broke before the account was there.
func unseen(e report.Evidence) report.Fault {
	switch f := report.Fault(e.Facts[report.UnseenFact]); f {
	case report.FaultServer, report.FaultNetwork:
		return f
	}
	return report.FaultYou
}

// ComputerCode is the finding for a value of the line that is missed because the
// computer had nothing left to measure with.
const ComputerCode = "policy.computer.limit"

// UnknownFact is the value of a fact that a check looked for and could not tell.
const UnknownFact = "unknown"

func judgeFact(r Rule, res RuleResult, e report.Evidence) (RuleResult, *report.Finding) {
	v, ok := e.Facts[r.Fact]
	if !ok || v == UnknownFact {
		return unmeasured(r, res, MissingCode, r.Fault, map[string]string{"key": r.Check + " " + r.Fact})
	}
	res.Value = v
	misses := func(allowed []string) bool { return len(allowed) > 0 && !slices.Contains(allowed, v) }
	return graded(r, res, misses(r.OneOf.Minimum), misses(r.OneOf.Recommended))
}

func graded(r Rule, res RuleResult, missesMinimum, missesRecommended bool) (RuleResult, *report.Finding) {
	if r.ByValue {
		r.Finding += "." + res.Value
		if strings.HasSuffix(r.Finding, ".clock.wrong") {
			r.Fault = report.FaultYou // whatever the rule is about, the clock is this computer's
		}
	}
	f := report.Finding{Code: r.Finding, Check: r.Check, Fault: r.Fault, Args: map[string]string{"value": res.Value, "unit": res.Unit}}
	switch {
	case missesMinimum:
		res.Verdict, f.Severity, f.Args["required"] = report.NotReady, report.Failure, bare(res.Minimum)
	case missesRecommended:
		res.Verdict, f.Severity, f.Args["required"] = report.ReadyWithWarnings, report.Warning, bare(res.Recommended)
	default:
		res.Verdict = report.Ready
		return res, nil
	}
	res.Finding = r.Finding
	return res, &f
}

// bare is a requirement without its sign, for use in sentences.
func bare(tier string) string {
	return strings.TrimLeft(tier, "<>= ")
}

// tiers are the requirements as people write them.
func (r Rule) tiers() (minimum, recommended string) {
	if r.OneOf != nil {
		return strings.Join(r.OneOf.Minimum, " or "), strings.Join(r.OneOf.Recommended, " or ")
	}
	sign, b := ">= ", r.AtLeast
	if b == nil {
		sign, b = "<= ", r.AtMost
	}
	if b.Minimum != nil {
		minimum = sign + b.Minimum.String()
	}
	if b.Recommended != nil {
		recommended = sign + b.Recommended.String()
	}
	return minimum, recommended
}

// fold puts findings with one cause under the first of them: when there is no
// way to the network, each check that needs it says so, and one is enough.
func fold(findings []report.Finding) {
	first := map[string]string{}
	for i := range findings {
		f := &findings[i]
		if slices.ContainsFunc(findings[:i], func(o report.Finding) bool { return sameElsewhere(o, *f) }) {
			f.DependsOn = f.Code
			continue
		}
		_, cause, ok := strings.Cut(f.Code, ".")
		if c := strings.TrimPrefix(cause, "stun."); c == "dns" || c == "no-route" {
			cause = c // no name or no way to one server is none to any
		}
		if !ok || f.DependsOn != "" || f.Severity != report.Unknown || !sharedCause(cause) {
			continue
		}
		if root, seen := first[cause]; seen {
			f.DependsOn = root
			continue
		}
		first[cause] = f.Code
	}
}

// sameElsewhere says whether another check found the same: it is told once.
func sameElsewhere(a, b report.Finding) bool {
	return a.Code == b.Code && a.Check != b.Check && a.DependsOn == "" && b.DependsOn == "" && a.Severity == b.Severity && !strings.HasPrefix(a.Code, "policy.")
}

// sharedCause says whether a cause spoils several checks at once.
func sharedCause(cause string) bool {
	switch cause {
	case "no-route", "dns", "timeout", "server.away", "tls.intercepted", "tls.certificate", "server.refused", "answer.foreign", "broken", "clock.wrong":
		return true
	}
	return false
}
