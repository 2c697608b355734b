// Package change says what changed between two looks at the same computer: outcomes,
// facts, findings, and numbers that differ by more than two runs of one line do. It
// compares evidence as it is; where that comes from, and whether it can be believed,
// is for the caller to say.
package change

import (
	"maps"
	"math"
	"slices"

	"linecheck/report"
	"linecheck/report/policy"
)

// Kind says what changed.
type Kind string

// The kinds of changes.
const (
	Outcome Kind = "outcome" // whether a check could measure, or why not
	Fact    Kind = "fact"
	Number  Kind = "number"
	Method  Kind = "method"  // measured in another way: its numbers are not compared
	Finding Kind = "finding" // found in one of the two alone; Key is its code
)

// Change is one difference.
type Change struct {
	Kind  Kind   `json:"kind"`
	Check string `json:"check"`
	// Key is the metric, fact or code; empty for outcomes and methods.
	Key string `json:"key,omitzero"`
	// Before and After are the values; empty where one of the two has none.
	Before string `json:"before,omitzero"`
	After  string `json:"after,omitzero"`
	Unit   string `json:"unit,omitzero"`
	// Args fill the blanks of a finding's texts.
	Args map[string]string `json:"args,omitzero"`
}

// least is by how much a number must differ to be told, in its unit, and share by how
// much of the larger one: both. Two runs on one quiet line differ by less (METHODS).
func least(unit string) (amount, share float64) {
	switch unit {
	case "Mbit/s":
		return 1, 0.1
	case "ms":
		return 5, 0.2
	case "dBFS", "dB", "dBm":
		return 3, 0
	case "ratio":
		return 0.01, 0.2
	case "MOS":
		return 0.15, 0
	case "bytes":
		return 200e6, 0.1
	case "Hz":
		return 500, 0.1
	case "points":
		return 0, 0.1
	}
	return 0.5, 0
}

// Between lists what changed from a to b, check by check in the order of b, outcomes
// and findings before facts and numbers. Findings are those of the policy.
func Between(a, b []report.Evidence, p policy.Policy) []Change {
	changes := []Change{}
	for _, check := range both(a, b) {
		changes = append(changes, ofCheck(find(a, check), find(b, check), check)...)
	}
	found := ofFindings(policy.AppraiseMeasured(p, a).Findings, policy.AppraiseMeasured(p, b).Findings)
	return append(found, changes...)
}

// both are the checks of either, in the order of b.
func both(a, b []report.Evidence) (checks []string) {
	for _, e := range slices.Concat(b, a) {
		if !slices.Contains(checks, e.Check) {
			checks = append(checks, e.Check)
		}
	}
	return checks
}

func find(list []report.Evidence, check string) *report.Evidence {
	if i := slices.IndexFunc(list, func(e report.Evidence) bool { return e.Check == check }); i >= 0 {
		return &list[i]
	}
	return nil
}

func ofFindings(a, b []report.Finding) (changes []Change) {
	has := func(list []report.Finding, f report.Finding) bool {
		return slices.ContainsFunc(list, func(o report.Finding) bool { return o.Code == f.Code && o.Check == f.Check })
	}
	for _, f := range b {
		if !has(a, f) {
			changes = append(changes, Change{Kind: Finding, Check: f.Check, Key: f.Code, After: string(f.Severity), Args: f.Args})
		}
	}
	for _, f := range a {
		if !has(b, f) {
			changes = append(changes, Change{Kind: Finding, Check: f.Check, Key: f.Code, Before: string(f.Severity), Args: f.Args})
		}
	}
	return changes
}

func ofCheck(a, b *report.Evidence, check string) (changes []Change) {
	before, after := outcome(a), outcome(b)
	if before != after {
		changes = append(changes, Change{Kind: Outcome, Check: check, Before: before, After: after})
	}
	if a == nil || b == nil {
		return changes
	}
	if a.Revision != b.Revision {
		return append(changes, Change{Kind: Method, Check: check})
	}
	keys := map[string]bool{}
	for k := range a.Facts {
		keys[k] = true
	}
	for k := range b.Facts {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if a.Facts[k] != b.Facts[k] {
			changes = append(changes, Change{Kind: Fact, Check: check, Key: k, Before: a.Facts[k], After: b.Facts[k]})
		}
	}
	return append(changes, numbers(a, b)...)
}

func outcome(e *report.Evidence) string {
	switch {
	case e == nil:
		return ""
	case e.Reason != "":
		return e.Reason
	}
	return string(e.Outcome)
}

// numbers are those that differ by more than two runs do, and those that one alone has.
func numbers(a, b *report.Evidence) (changes []Change) {
	for _, m := range b.Metrics {
		old, ok := a.Metric(m.Key)
		if ok && same(float64(old.Value), float64(m.Value), m.Unit) {
			continue
		}
		c := Change{Kind: Number, Check: b.Check, Key: m.Key, After: m.Value.String(), Unit: m.Unit}
		if ok {
			c.Before = old.Value.String()
		}
		changes = append(changes, c)
	}
	for _, m := range a.Metrics {
		if _, ok := b.Metric(m.Key); !ok {
			changes = append(changes, Change{Kind: Number, Check: a.Check, Key: m.Key, Before: m.Value.String(), Unit: m.Unit})
		}
	}
	return changes
}

func same(a, b float64, unit string) bool {
	amount, share := least(unit)
	d := math.Abs(a - b)
	return d < amount || d < share*max(math.Abs(a), math.Abs(b)) || d == 0
}
