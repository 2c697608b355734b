package landing

import (
	"errors"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// kind is how far an applicant has come with an invite.
type kind string

const (
	open     kind = "open"     // nothing came yet
	running  kind = "running"  // a session was opened and no report came yet
	received kind = "received" // a report came and nobody decided about it
	reused   kind = "reused"   // the same with a report of another invite
	accepted kind = "accepted" // somebody decided for the applicant
	repeat   kind = "repeat"   // somebody asks for another run
	aged     kind = "aged"     // the report is too old to count, and nobody decided about it
	expired  kind = "expired"  // the invite ended before a report came
	revoked  kind = "revoked"  // the invite was taken back before a report came
)

// state is what is known of an invite at one moment.
type state struct {
	kind   kind
	trust  verify.Trust
	sealed report.Invite
	policy policy.Policy
	// usable: another run may begin under the invite now; spent that only the number of runs forbids it.
	usable, spent bool
	// report is what came last; until is how long it is good, note why it is to be repeated.
	report *store.Row
	until  time.Time
	note   string
	// offer is an earlier report that may serve here; nil where there is none.
	offer *store.Row
}

// stateOf finds out how far the applicant has come.
func (p *Pages) stateOf(v visit) (s state, err error) {
	if s.trust, err = p.Trust(); err != nil {
		return s, err
	}
	closed, err := s.open(v)
	if err != nil {
		return s, err
	}
	if err := p.findReport(v, &s); err != nil {
		return s, err
	}
	switch {
	case s.report != nil:
	case closed != "":
		s.kind = closed
	case !v.invite.Running.IsZero():
		s.kind = running
	default:
		s.kind = open
	}
	s.usable = closed == ""
	if s.kind == repeat && s.usable { // what was begun before can still be finished, however many runs there were
		used, err := p.Store.RunsUsed(v.Context(), v.invite.ID)
		if err != nil {
			return s, err
		}
		s.spent = used >= v.invite.Runs
		s.usable = !s.spent
	}
	if s.usable && (s.kind == open || s.kind == running) {
		s.offer, err = p.offerOf(v, s)
	}
	return s, err
}

// open opens the sealed invite. closed says why it can be used no longer; empty where it can.
func (s *state) open(v visit) (closed kind, err error) {
	e, err := envelope.Parse(v.invite.Sealed)
	if err != nil {
		return "", err
	}
	o, by, err := verify.Peek(e) // it is to be shown, too, when its key counts no more
	if err != nil {
		return "", err
	}
	s.sealed, s.policy = o.Value(), by
	_, _, err = verify.Invite(s.trust, e, v.now)
	switch {
	case !v.invite.Revoked.IsZero():
		return revoked, nil
	case v.now.After(v.invite.Ends), errors.Is(err, verify.ErrExpired):
		return expired, nil
	case err != nil && !errors.Is(err, verify.ErrEarly): // the trust file revokes it, or its key
		return revoked, nil
	}
	return "", nil
}

// findReport finds what came last for the invite, and what was decided about it.
func (p *Pages) findReport(v visit, s *state) error {
	rows, err := p.Store.UnderInvite(v.Context(), v.invite.ID)
	if err != nil {
		return err
	}
	var last time.Time
	if len(rows) > 0 {
		s.report, s.kind, last = &rows[0], received, rows[0].Received
	}
	other, since, err := p.Store.Reused(v.Context(), v.invite.ID)
	switch {
	case errors.Is(err, store.ErrUnknown):
	case err != nil:
		return err
	case since.After(last):
		s.report, s.kind = &other, reused
	}
	if s.report == nil {
		return nil
	}
	s.until = validUntil(s.report.Received, s.policy)
	switch s.report.Decision {
	case store.Accepted, store.Waived, store.Accommodation: // what the reason was is nobody's but the recruiter's
		s.kind = accepted
	case store.Repeat:
		s.kind = repeat
		s.note, err = p.noteOf(v, s.report.Digest)
		return err
	default:
		if v.now.After(s.until) {
			s.kind = aged
		}
	}
	return nil
}

func validUntil(received time.Time, by policy.Policy) time.Time {
	return received.AddDate(0, 0, by.Valid())
}

// noteOf is why a report is to be repeated, as the recruiter wrote it for the applicant.
func (p *Pages) noteOf(v visit, digest string) (string, error) {
	list, err := p.Store.Decided(v.Context(), digest)
	if err != nil || len(list) == 0 || list[len(list)-1].Kind != store.Repeat {
		return "", err
	}
	return list[len(list)-1].Note, nil
}
