// Package verify decides whether a report is authentic and what it says, as a
// list of named steps that read the same in the terminal, the portal and the
// window. It needs the bundle, the tenant's trust file and the time, and
// nothing else: no network, no clock, no database.
package verify

import (
	"fmt"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
)

// Status is how one step came out.
type Status string

// The statuses of a step.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"  // the report is not authentic
	Absent  Status = "absent"  // the bundle holds nothing to verify here
	NotDone Status = "skipped" // an earlier step failed
)

// Step is one thing that was verified.
type Step struct {
	// Name is one of coat, envelope, trust, invite, window, session, observations, policy, appraisal, receipt, log, pages.
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Detail is one line for a person.
	Detail string `json:"detail"`
}

// Result is everything a verifier knows about a bundle.
type Result struct {
	Schema string `json:"schema"`
	// Authentic says that no step failed.
	Authentic bool   `json:"authentic"`
	Steps     []Step `json:"steps"`
	// ReportSHA256 is the report's identity; empty where there is no report.
	ReportSHA256 string `json:"report_sha256,omitzero"`
	// Invite, Report, Receipt and Observations are set only where the report is authentic.
	Invite       *report.Invite       `json:"invite,omitzero"`
	Report       *report.Report       `json:"report,omitzero"`
	Observations []report.Observation `json:"observations,omitzero"`
	Receipt      *report.Receipt      `json:"receipt,omitzero"`
	// Voice is the FLAC file of the applicant reading aloud; nil where there is none, or the report is not authentic.
	Voice []byte `json:"voice,omitzero"`
	// Appraisal is made anew from the evidence; nil where the report is not authentic.
	Appraisal *policy.Appraisal `json:"appraisal,omitzero"`
	// ValidUntil is when the report stops being good; zero without a receipt.
	ValidUntil time.Time `json:"valid_until,omitzero"`
}

// Schema names the JSON form of a [Result].
const Schema = "linecheck.verification/1"

// Options are what a verifier may choose.
type Options struct {
	// At is the time to judge by: now, or a date in question.
	At time.Time
	// Policy is the recruiter's own copy of the policy to judge by; nil judges by the invite's.
	Policy *policy.Policy
	// Parse reads the policy in the invite; nil is [policy.Parse]. Who verifies many reports remembers policies, as [policy.Memo] does.
	Parse func(text []byte) (policy.Policy, error)
	// Pages says what the pages of a PDF are worth beside the bundle attached to
	// it, under the organisation's name; nil does not look at them.
	Pages func(file []byte, b bundle.Bundle, organisation string) (detail string, err error)
}

// Bundle verifies a bundle in any coat against a trust file.
func Bundle(data []byte, t Trust, opt Options) Result {
	r := &run{trust: t, opt: opt}
	if bundle.IsPDF(data) && opt.Pages != nil {
		r.pdf = data
	}
	b, err := bundle.Parse(data)
	if !r.step("coat", "a Linecheck report", err) {
		return r.result()
	}
	return r.all(b)
}

// Opened verifies a bundle that was parsed already.
func Opened(b bundle.Bundle, t Trust, opt Options) Result {
	r := &run{trust: t, opt: opt}
	r.step("coat", "a Linecheck report", nil)
	return r.all(b)
}

// run collects the steps of one verification.
type run struct {
	trust  Trust
	opt    Options
	bundle bundle.Bundle
	pdf    []byte // the file, where its pages are to be looked at
	steps  []Step
	failed bool

	report       envelope.Opened[report.Report]
	invite       envelope.Opened[report.Invite]
	policy       policy.Policy
	observations []envelope.Opened[report.Observation]
	receipt      *envelope.Opened[report.Receipt]
	appraisal    policy.Appraisal
	validUntil   time.Time
}

// step notes one step; it returns false once any has failed.
func (r *run) step(name, detail string, err error) bool {
	switch {
	case r.failed:
		r.steps = append(r.steps, Step{name, NotDone, "not looked at, because an earlier step failed"})
	case err != nil:
		r.failed = true
		r.steps = append(r.steps, Step{name, Failed, err.Error()})
	default:
		r.steps = append(r.steps, Step{name, Passed, detail})
	}
	return !r.failed
}

// do runs one step unless an earlier one failed.
func (r *run) do(name string, f func() (string, error)) {
	if r.failed {
		r.step(name, "", nil)
		return
	}
	detail, err := f()
	r.step(name, detail, err)
}

func (r *run) all(b bundle.Bundle) Result {
	r.bundle = b
	r.do("envelope", r.openReport)
	r.do("trust", func() (string, error) {
		v := r.trust.Value()
		return fmt.Sprintf("%s, trust file version %d", v.Name, v.Version), nil
	})
	r.do("invite", r.openInvite)
	r.do("session", r.session)
	r.do("observations", r.observed)
	r.absent(len(b.Observations) == 0)
	r.do("receipt", r.openReceipt)
	r.absent(b.Receipt == nil)
	r.do("log", r.log)
	r.absent(b.Receipt == nil)
	r.do("window", r.window)
	r.do("policy", r.choosePolicy)
	r.do("appraisal", r.appraise)
	if r.pdf != nil {
		r.do("pages", func() (string, error) { return r.opt.Pages(r.pdf, r.bundle, r.trust.Value().Name) })
	}
	return r.result()
}

// absent marks the last step as one with nothing to verify.
func (r *run) absent(nothing bool) {
	if !r.failed && nothing {
		r.steps[len(r.steps)-1].Status = Absent
	}
}

func (r *run) result() Result {
	res := Result{Schema: Schema, Authentic: !r.failed, Steps: r.steps}
	if r.failed {
		if d, err := r.bundle.Report.Digest(); err == nil {
			res.ReportSHA256 = d
		}
		return res
	}
	res.ReportSHA256 = r.report.Digest()
	res.Voice = r.bundle.Voice
	inv, rep := r.invite.Value(), r.report.Value()
	res.Invite, res.Report, res.Appraisal, res.ValidUntil = &inv, &rep, &r.appraisal, r.validUntil
	for _, o := range r.observations {
		res.Observations = append(res.Observations, o.Value())
	}
	if r.receipt != nil {
		rec := r.receipt.Value()
		res.Receipt = &rec
	}
	return res
}
