package pdf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// content is what the pages say, read from the bundle. Seals are opened with
// the keys they name themselves: whether those may seal is for a verifier to say.
type content struct {
	digest       string
	report       report.Report
	invite       *report.Invite
	receipt      *report.Receipt
	observations []report.Observation
	policy       policy.Policy
	appraisal    policy.Appraisal
	validUntil   time.Time
	organisation string
	code         string
	link         string // what the QR code says; empty without an invite
}

// The bounds of what is drawn; whatever is beyond is in the attachment alone.
const (
	maxChecks   = 40
	maxRows     = 120 // a table
	maxFindings = 60
	maxCharts   = 8   // a check
	maxText     = 600 // characters of one text
)

func read(b bundle.Bundle, v View) (content, error) {
	c := content{organisation: clip(v.Organisation)}
	rep, err := peek[report.Report](b.Report, report.ReportType)
	if err != nil {
		return c, fmt.Errorf("report: %w", err)
	}
	c.report, c.digest = rep.Value(), rep.Digest()
	text := v.Policy
	if b.Invite != nil {
		inv, _, err := verify.Peek(*b.Invite)
		if err != nil {
			return c, fmt.Errorf("invite: %w", err)
		}
		value := inv.Value()
		c.invite, text = &value, []byte(value.Policy)
	}
	if policy.Digest(text) != c.report.PolicySHA256 {
		return c, errors.New("the policy is another one than the report was made by")
	}
	if c.policy, err = policy.Parse(text); err != nil {
		return c, err
	}
	for i, o := range b.Observations {
		obs, err := peek[report.Observation](o, report.ObservationType)
		if err != nil {
			return c, fmt.Errorf("observation %d: %w", i+1, err)
		}
		c.observations = append(c.observations, obs.Value())
	}
	if b.Receipt != nil {
		r, err := peek[report.Receipt](*b.Receipt, report.ReceiptType)
		if err != nil {
			return c, fmt.Errorf("receipt: %w", err)
		}
		value := r.Value()
		c.receipt, c.validUntil = &value, value.Received.AddDate(0, 0, c.policy.Valid())
	}
	c.appraisal = policy.Appraise(c.policy, c.report.Evidence)
	c.code = bundle.Code(c.digest)
	if c.invite != nil {
		c.link = LookupPage(c.invite.Origin) + strings.ReplaceAll(c.code, "-", "")
	}
	return c, nil
}

func peek[T any](e envelope.Envelope, kind string) (envelope.Opened[T], error) {
	key, err := envelope.ParsePublic(e.KeyID())
	if err != nil {
		return envelope.Opened[T]{}, err
	}
	return envelope.Open[T](e, key, kind)
}

// observed says whether an observation in the bundle holds that number.
func (c content) observed(check string, m report.Metric) bool {
	return m.Origin == report.Server && slices.ContainsFunc(c.observations, func(o report.Observation) bool {
		return o.Check == check && slices.Contains(o.Metrics, m)
	})
}

// observedSeries says whether an observation in the bundle holds that series.
func (c content) observedSeries(check string, v report.Series) bool {
	return slices.ContainsFunc(c.observations, func(o report.Observation) bool {
		return o.Check == check && slices.ContainsFunc(o.Series, v.Equal)
	})
}

// seen says whether a rule's number was observed by the probe.
func (c content) seen(r policy.RuleResult) bool {
	return slices.ContainsFunc(c.report.Evidence, func(e report.Evidence) bool {
		m, ok := e.Metric(r.Key)
		return ok && e.Check == r.Check && c.observed(e.Check, m)
	})
}

// made is the date of the document: of the receipt, or of the run where there is none.
func (c content) made() time.Time {
	if c.receipt != nil {
		return c.receipt.Received
	}
	return c.report.Finished
}

// area is one of the five things a person asks about.
type area struct {
	name    string // a key of the catalogue
	results []policy.RuleResult
	verdict report.Verdict
}

// unseen says that nothing of the area was measured, though nothing had to be.
func (a area) unseen() bool {
	return a.verdict == report.Ready && !slices.ContainsFunc(a.results, func(r policy.RuleResult) bool { return r.Value != "" })
}

// areas sorts the results by area, the worst of each first.
func (c content) areas() []area {
	list := []area{{name: "pdf.area.internet"}, {name: "pdf.area.output"}, {name: "pdf.area.microphone"}, {name: "pdf.area.machine"}, {name: "pdf.area.webrtc"}}
	for _, r := range c.appraisal.Results {
		i := slices.IndexFunc([]string{"internet.", "audio.output", "audio.microphone", "machine.", "webrtc."}, func(p string) bool { return strings.HasPrefix(r.Check, p) })
		if i < 0 {
			i = 0 // what else there is concerns the network
		}
		list[i].results = append(list[i].results, r)
	}
	for i, a := range list {
		slices.SortStableFunc(a.results, func(x, y policy.RuleResult) int { return weight(x) - weight(y) })
		list[i].verdict = ""
		if len(a.results) > 0 {
			list[i].verdict = a.results[0].Verdict
		}
	}
	return list
}

// weight orders results: missed, not decided, could be better, good, not needed.
func weight(r policy.RuleResult) int {
	switch {
	case r.Verdict == report.NotReady:
		return 0
	case r.Verdict == report.Inconclusive:
		return 1
	case r.Verdict == report.ReadyWithWarnings:
		return 2
	case r.Value != "":
		return 3
	}
	return 4
}
