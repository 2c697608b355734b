package landing

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// mostTried is how many earlier reports are looked at: each is verified anew.
const mostTried = 3

// offerOf is the newest earlier report of the applicant that may serve under this invite, too; nil
// where there is none or the policy does not allow it.
func (p *Pages) offerOf(v visit, s state) (*store.Row, error) {
	if !s.policy.Reuse || v.invite.Applicant == "" {
		return nil, nil
	}
	rows, err := p.Store.History(v.Context(), v.invite.Applicant)
	if err != nil {
		return nil, err
	}
	tried := 0
	for _, row := range rows {
		if row.Invite == v.invite.ID || !worthOffering(row) || v.now.After(validUntil(row.Received, s.policy)) {
			continue
		}
		if tried++; tried > mostTried {
			break
		}
		good, err := p.mayServe(v, s, row.Digest)
		if err != nil {
			return nil, err
		}
		if good {
			return &row, nil
		}
	}
	return nil, nil
}

// worthOffering leaves out what would do the applicant no good: a report that is to be repeated, and
// one that missed a minimum or left something open, unless somebody accepted it.
func worthOffering(row store.Row) bool {
	switch row.Decision {
	case store.Accepted, store.Waived, store.Accommodation:
		return true
	case store.Repeat:
		return false
	}
	return row.Verdict == report.Ready || row.Verdict == report.ReadyWithWarnings
}

// mayServe verifies a stored report anew, and says whether it is still good and was made for the
// same policy, and signed by name where this invite asks for that.
func (p *Pages) mayServe(v visit, s state, digest string) (bool, error) {
	kept, err := p.Store.Report(v.Context(), digest)
	if errors.Is(err, store.ErrUnknown) { // erased meanwhile
		return false, nil
	}
	if err != nil {
		return false, err
	}
	b, err := kept.Whole()
	if err != nil {
		return false, err
	}
	res := verify.Opened(b, s.trust, verify.Options{At: v.now})
	return res.Authentic && policy.Digest([]byte(res.Invite.Policy)) == policy.Digest([]byte(s.sealed.Policy)) && (!s.sealed.LegalName || res.Report.Signature != ""), nil
}

// reuse lets the report that is offered serve under this invite, and leads back to the page.
func (p *Pages) reuse(w http.ResponseWriter, v visit) error {
	s, err := p.stateOf(v)
	if err != nil {
		return err
	}
	// What was offered may have been erased or decided about meanwhile: then the page shows how it stands.
	if s.offer != nil && s.offer.Digest == v.FormValue("report") {
		err := p.Store.Reuse(v.Context(), v.invite.ID, s.offer.Digest, v.now)
		switch {
		case err == nil:
			act := store.Act{Time: v.now, Who: "applicant", What: "report.reused", Subject: s.offer.Digest, Detail: "invite " + v.invite.ID}
			if err := p.Store.Note(context.WithoutCancel(v.Context()), act); err != nil {
				p.Log.Error("note that a report serves again", "error", err)
			}
		case !errors.Is(err, store.ErrReuse):
			return err
		}
	}
	to := url.URL{Path: Prefix + v.code}
	if lang := v.URL.Query().Get(langQuery); lang != "" {
		to.RawQuery = url.Values{langQuery: {lang}}.Encode()
	}
	guarded(w.Header())
	http.Redirect(w, v.Request, to.String(), http.StatusSeeOther)
	return nil
}
