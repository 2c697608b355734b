package export

import (
	"context"
	"slices"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// Schema names the JSON form of a [Row].
const Schema = "linecheck.export/1"

// Row is what is told of one report. What the report itself says is absent where it cannot be
// read any more; then Error says why.
type Row struct {
	Schema string `json:"schema"`
	// Digest is the report's identity, Code the look-up code that is printed on it.
	Digest string `json:"report_sha256"`
	Code   string `json:"code"`
	// Received is when it was taken in, in UTC.
	Received time.Time `json:"received"`
	// Invite is the id of the invite, Applicant the recruiter's reference, Name what the recruiter
	// called the applicant, Signature the name typed as signature.
	Invite    string `json:"invite"`
	Applicant string `json:"applicant"`
	Name      string `json:"name,omitzero"`
	Signature string `json:"signature,omitzero"`
	Role      string `json:"role"`
	Region    string `json:"region"`
	// Verdict and Observed are what the portal's list says and filters by.
	Verdict  report.Verdict `json:"verdict"`
	Observed bool           `json:"observed"`
	// Decision is the last one that a person took; absent where none was.
	Decision *Decision `json:"decision,omitzero"`
	// ValidUntil is when the report stops being good; Valid says that it still is.
	ValidUntil time.Time `json:"valid_until,omitzero"`
	Valid      bool      `json:"valid"`
	// Run is which run under the invite it is, from 1; Runs how many there were by then.
	Run     int             `json:"run,omitzero"`
	Runs    int             `json:"runs,omitzero"`
	Program *report.Program `json:"program,omitzero"`
	// Rules are how each rule of the invite's policy came out, Evidence is what was measured, whole.
	Rules    []policy.RuleResult `json:"rules"`
	Evidence []report.Evidence   `json:"evidence"`
	Error    string              `json:"error,omitzero"`
}

// Decision is what a person decided.
type Decision struct {
	Kind   store.Decision `json:"decision"`
	Person string         `json:"person"`
	Time   time.Time      `json:"time"`
	Note   string         `json:"note,omitzero"`
}

// reader reads one report after another.
type reader struct {
	store *store.Tenant
	trust verify.Trust
	now   time.Time
}

// row reads one report; [store.ErrUnknown] where it is not there any more.
func (r reader) row(ctx context.Context, listed store.Row) (Row, error) {
	s, err := r.store.Report(ctx, listed.Digest)
	if err != nil {
		return Row{}, err
	}
	row := Row{
		Schema: Schema, Digest: s.Digest, Code: bundle.Code(s.Digest), Received: s.Received, Invite: s.Invite, Applicant: listed.Applicant, Name: listed.Name,
		Role: s.Facet.Role, Region: s.Facet.Region, Verdict: s.Facet.Verdict, Observed: s.Facet.Observed,
	}
	if s.Facet.Decision != "" {
		list, err := r.store.Decided(ctx, s.Digest)
		if err != nil {
			return Row{}, err
		}
		if len(list) > 0 {
			d := list[len(list)-1]
			row.Decision = &Decision{d.Kind, d.Person, d.Time, d.Note}
		}
	}
	b, err := s.Whole()
	if err != nil {
		row.Error = err.Error()
		return row, nil
	}
	// As it was when it came: that its days are over makes it no less authentic.
	row.add(verify.Opened(b, r.trust, verify.Options{At: s.Received}))
	row.Valid = row.Error == "" && !r.now.After(row.ValidUntil)
	return row, nil
}

// add takes over what the report itself says, or why it is not to be believed.
func (r *Row) add(res verify.Result) {
	if !res.Authentic {
		step := res.Steps[slices.IndexFunc(res.Steps, func(s verify.Step) bool { return s.Status == verify.Failed })]
		r.Error = step.Name + ": " + step.Detail
		return
	}
	r.Signature, r.Program, r.Evidence = res.Report.Signature, &res.Report.Program, res.Report.Evidence
	r.Rules, r.ValidUntil = res.Appraisal.Results, res.ValidUntil
	r.Run, r.Runs = res.Receipt.Run, res.Receipt.Runs
}
