// Package policy judges evidence. A policy is plain data: rules with a minimum
// and a recommended tier. [Appraise] is one pure function of policy and
// evidence: no clock, no device, no network and no texts come in here, so the
// same report gets the same verdict on every machine and at any later date.
package policy

import (
	"errors"
	"fmt"
	"slices"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/strict"
)

// Schema is the only policy schema read.
const Schema = "linecheck.policy/1"

// MaxSize bounds a policy's JSON text, in bytes.
const MaxSize = 64 << 10

// DefaultValidDays is how long a report is good where the policy says nothing.
const DefaultValidDays = 90

const maxRules = 100

// Policy is what a role requires.
type Policy struct {
	Schema string `json:"schema"`
	// ID names the policy, as "customer-service"; Version grows with every change.
	ID      string `json:"id"`
	Version int    `json:"version"`
	// ValidDays is how long a report is good after its receipt; 0 (absent) means [DefaultValidDays].
	ValidDays int `json:"valid_days,omitzero"`
	// Machine asks for a pseudonym of the computer, to tell whether one is used for many applicants.
	Machine bool `json:"machine,omitzero"`
	// Reuse lets a report that is still good serve for another application of the same applicant, whose
	// invite has this same policy, without a new run. The report and its verdict stay what they are.
	Reuse bool   `json:"reuse,omitzero"`
	Rules []Rule `json:"rules"`
}

// Rule is one requirement on one metric or fact of one check.
type Rule struct {
	// ID is unique within the policy, as "download".
	ID    string `json:"id"`
	Check string `json:"check"`
	// Metric or Fact is the key it looks at; exactly one is set.
	Metric string `json:"metric,omitzero"`
	Fact   string `json:"fact,omitzero"`
	// AtLeast or AtMost bound a metric, in the metric's unit; OneOf lists a fact's values. Exactly one is set.
	AtLeast *Bounds  `json:"at_least,omitzero"`
	AtMost  *Bounds  `json:"at_most,omitzero"`
	OneOf   *Choices `json:"one_of,omitzero"`
	// Optional: a value that a finished check did not find, and a check that was
	// left out, are no obstacle. One that could not be measured still is.
	Optional bool `json:"optional,omitzero"`
	// Observed: only a value that the recruiter's probe sealed counts.
	Observed bool `json:"observed,omitzero"`
	// ByValue: a point and the fact's value follow Finding, so that each value has texts of its own.
	ByValue bool `json:"by_value,omitzero"`
	// Finding is the code of what is wrong when the rule is missed; Fault says who can do something about it.
	Finding string       `json:"finding"`
	Fault   report.Fault `json:"fault"`
	// Source says where the bound comes from.
	Source string `json:"source"`
}

// Bounds are the two tiers of a bound; a tier may be absent.
type Bounds struct {
	Minimum     *report.Number `json:"minimum,omitzero"`
	Recommended *report.Number `json:"recommended,omitzero"`
}

// Choices are the two tiers of a choice; an absent tier asks for nothing.
type Choices struct {
	Minimum     []string `json:"minimum,omitzero"`
	Recommended []string `json:"recommended,omitzero"`
}

// ErrPolicy: the bytes are no usable policy.
var ErrPolicy = errors.New("not a usable policy")

// Parse reads a policy and checks that every rule makes sense.
func Parse(data []byte) (Policy, error) {
	var p Policy
	if err := strict.Decode(data, MaxSize, &p); err != nil {
		return Policy{}, fmt.Errorf("%w: %v", ErrPolicy, err)
	}
	if err := p.check(); err != nil {
		return Policy{}, fmt.Errorf("%w: %v", ErrPolicy, err)
	}
	return p, nil
}

// Digest is the hex SHA-256 of a policy's text: its identity.
func Digest(data []byte) string { return envelope.Digest(data) }

// Valid is how many days a report under this policy is good.
func (p Policy) Valid() int {
	if p.ValidDays == 0 {
		return DefaultValidDays
	}
	return p.ValidDays
}

// Checks are the ids of the checks that the rules look at, in order and once each.
func (p Policy) Checks() []string {
	var ids []string
	for _, r := range p.Rules {
		if !slices.Contains(ids, r.Check) {
			ids = append(ids, r.Check)
		}
	}
	return ids
}

// Bounds are all values that the rules hold a metric against, in its unit.
func (p Policy) Bounds(metric string) []float64 {
	var all []float64
	for _, r := range p.Rules {
		if r.Metric != metric {
			continue
		}
		b := r.bounds()
		for _, v := range []*report.Number{b.Minimum, b.Recommended} {
			if v != nil {
				all = append(all, float64(*v))
			}
		}
	}
	return all
}

// Only is the policy with just the rules on the given checks.
func (p Policy) Only(checks []string) Policy {
	p.Rules = slices.DeleteFunc(slices.Clone(p.Rules), func(r Rule) bool { return !slices.Contains(checks, r.Check) })
	return p
}

func (p Policy) check() error {
	switch {
	case p.Schema != Schema:
		return fmt.Errorf("schema %.40q instead of %q", p.Schema, Schema)
	case !report.IsKey(p.ID) || p.Version < 1:
		return errors.New("no id (lower-case letters, digits, points, hyphens) or no version")
	case p.ValidDays < 0 || p.ValidDays > 3650:
		return fmt.Errorf("valid_days %d is not between 1 and 3650", p.ValidDays)
	case len(p.Rules) == 0 || len(p.Rules) > maxRules:
		return fmt.Errorf("%d rules; 1 to %d make sense", len(p.Rules), maxRules)
	}
	seen := map[string]bool{}
	for _, r := range p.Rules {
		if seen[r.ID] {
			return fmt.Errorf("rule %q stands twice", r.ID)
		}
		seen[r.ID] = true
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %q: %v", r.ID, err)
		}
	}
	return nil
}

func (r Rule) check() error {
	for _, k := range []string{r.ID, r.Check, r.Finding, r.Key()} {
		if !report.IsKey(k) {
			return fmt.Errorf("%.80q is not spelled as ids, checks, keys and codes are (lower-case letters, digits, points, hyphens)", k)
		}
	}
	if !slices.Contains([]report.Fault{report.FaultYou, report.FaultNetwork, report.FaultServer, report.FaultUs}, r.Fault) {
		return fmt.Errorf("fault %q is none of you, network, server, us", r.Fault)
	}
	bounds := 0
	for _, set := range []bool{r.AtLeast != nil, r.AtMost != nil, r.OneOf != nil} {
		if set {
			bounds++
		}
	}
	if bounds != 1 || (r.Metric == "") == (r.Fact == "") || (r.Fact != "") != (r.OneOf != nil) {
		return errors.New("needs a metric with at_least or at_most, or a fact with one_of")
	}
	if r.ByValue && r.Fact == "" {
		return errors.New("by_value is for facts")
	}
	if b := r.bounds(); b != nil && b.Minimum == nil && b.Recommended == nil {
		return errors.New("asks for nothing")
	}
	if r.OneOf != nil && slices.ContainsFunc(append(slices.Clone(r.OneOf.Minimum), r.OneOf.Recommended...), func(v string) bool { return !report.IsKey(v) }) {
		return errors.New("a value of one_of is not spelled as facts are")
	}
	if r.OneOf != nil && len(r.OneOf.Minimum)+len(r.OneOf.Recommended) == 0 {
		return errors.New("asks for nothing")
	}
	return nil
}

func (r Rule) bounds() *Bounds {
	if r.AtLeast != nil {
		return r.AtLeast
	}
	return r.AtMost
}

// Key is the metric or fact the rule looks at.
func (r Rule) Key() string {
	if r.Metric != "" {
		return r.Metric
	}
	return r.Fact
}
