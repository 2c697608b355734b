package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/tlog"
)

// openReport opens the report by the session key it names: the key is the
// applicant's own, made for this run. That it belongs to the invite is the session step's matter.
func (r *run) openReport() (string, error) {
	key, err := envelope.ParsePublic(r.bundle.Report.KeyID())
	if err != nil {
		return "", err
	}
	r.report, err = envelope.Open[report.Report](r.bundle.Report, key, report.ReportType)
	if err != nil {
		return "", err
	}
	if r.report.Value().SessionKey != key.ID() {
		return "", errors.New("the report names another session key than the one that sealed it")
	}
	if err := r.report.Value().WellFormed(); err != nil {
		return "", err
	}
	return "unchanged since it was sealed", nil
}

func (r *run) openInvite() (string, error) {
	if r.bundle.Invite == nil {
		return "", errors.New("there is no invite: nobody asked for this report")
	}
	read := r.opt.Parse
	if read == nil {
		read = policy.Parse
	}
	var err error
	r.invite, r.policy, err = openInvite(r.trust, *r.bundle.Invite, read)
	if err != nil {
		return "", err
	}
	inv := r.invite.Value()
	return fmt.Sprintf("for %s, role %s, region %s", inv.Applicant, inv.Role, inv.Region), nil
}

// session ties report and invite together.
func (r *run) session() (string, error) {
	rep, inv := r.report.Value(), r.invite.Value()
	digest, ok := r.report.Subject("invite")
	switch {
	case rep.InviteID != inv.ID || rep.Nonce != inv.Nonce || !ok || digest != r.invite.Digest():
		return "", errors.New("the report was made under another invite")
	case inv.LegalName && strings.TrimSpace(rep.Signature) == "":
		return "", errors.New("the invite asks for the full legal name as signature, and the report has none")
	case rep.PolicySHA256 != policy.Digest([]byte(inv.Policy)):
		return "", errors.New("the report was made under another policy than the invite's")
	}
	return "made under this invite", r.voice()
}

// voice: a recording of the applicant's voice is there where the report says so, and
// only where the invite asked for it.
func (r *run) voice() error {
	voice := r.bundle.Voice
	var digests []string
	if voice != nil {
		digests = []string{envelope.Digest(voice)}
	}
	switch {
	case !slices.Equal(digests, r.report.Subjects("voice")):
		return errors.New("the recording of the voice is not the one that was signed")
	case voice != nil && !r.invite.Value().VoiceSample:
		return errors.New("there is a recording of a voice, which the invite does not ask for")
	}
	return nil
}

// observed opens the probe's observations and holds the report's claims against them.
func (r *run) observed() (string, error) {
	rep, inv := r.report.Value(), r.invite.Value()
	var digests []string
	for i, e := range r.bundle.Observations {
		o, err := open(r.trust, e, report.RoleProbe, report.ObservationType, func(o report.Observation) time.Time { return o.Ended })
		if err != nil {
			return "", fmt.Errorf("observation %d: %w", i+1, err)
		}
		v := o.Value()
		if err := v.WellFormed(); err != nil {
			return "", fmt.Errorf("observation %d: %w", i+1, err)
		}
		subject, _ := o.Subject("invite")
		if v.InviteID != inv.ID || v.Nonce != inv.Nonce || v.SessionKey != rep.SessionKey || subject != r.invite.Digest() {
			return "", fmt.Errorf("observation %d is of another session", i+1)
		}
		if v.Started.Before(inv.NotBefore.Add(-time.Minute)) || v.Ended.Before(v.Started) || v.Ended.After(inv.NotAfter.Add(time.Hour)) {
			return "", fmt.Errorf("observation %d was not made in the invite's time", i+1)
		}
		r.observations = append(r.observations, o)
		digests = append(digests, o.Digest())
	}
	if !slices.Equal(digests, r.report.Subjects("observation")) {
		return "", errors.New("the observations are not the ones the report rests on")
	}
	if err := r.claims(); err != nil {
		return "", err
	}
	if len(digests) == 0 {
		return "none: every number is the applicant's own claim", nil
	}
	return fmt.Sprintf("%d sealed by the recruiter's probe, and the report agrees%s", len(digests), r.attempts()), nil
}

// attempts says which measurements were tried more than once, by the probe's count.
func (r *run) attempts() string {
	text := ""
	for _, o := range r.observations {
		if n := o.Value().Facts[report.AttemptFact]; n != "" && n != "1" {
			text += fmt.Sprintf("; %s was attempt %s under this invite", o.Value().Check, n)
		}
	}
	return text
}

// claims: what the report says the server measured must be just what the server
// sealed, and what the server sealed must stand in the report just so: it can be
// neither improved nor left out. Only the count of moved bytes is each end's own.
func (r *run) claims() error {
	for _, e := range r.report.Value().Evidence {
		for _, m := range e.Metrics {
			if m.Origin == report.Server && !r.sealed(e.Check, m) {
				return fmt.Errorf("%s is said to be measured by the server, which did not seal it so", m.Key)
			}
		}
		for _, s := range e.Series {
			if s.Origin == report.Server && !r.sealedSeries(e.Check, s) {
				return fmt.Errorf("the series %s is said to be measured by the server, which did not seal it so", s.Key)
			}
		}
	}
	for _, o := range r.observations {
		v := o.Value()
		i := slices.IndexFunc(r.report.Value().Evidence, func(e report.Evidence) bool { return e.Check == v.Check })
		if i < 0 {
			return fmt.Errorf("the server observed %s, which the report leaves out", v.Check)
		}
		for _, m := range v.Metrics {
			if !strings.HasPrefix(m.Key, ownCounts) && !slices.Contains(r.report.Value().Evidence[i].Metrics, m) {
				return fmt.Errorf("the server observed %s, and the report says otherwise", m.Key)
			}
		}
		for _, s := range v.Series {
			if !slices.ContainsFunc(r.report.Value().Evidence[i].Series, s.Equal) {
				return fmt.Errorf("the server observed the series %s, and the report says otherwise", s.Key)
			}
		}
	}
	return nil
}

// ownCounts begins the keys that each end counts for itself.
const ownCounts = "internet.moved."

func (r *run) sealedSeries(check string, s report.Series) bool {
	return slices.ContainsFunc(r.observations, func(o envelope.Opened[report.Observation]) bool {
		return o.Value().Check == check && slices.ContainsFunc(o.Value().Series, s.Equal)
	})
}

func (r *run) sealed(check string, m report.Metric) bool {
	for _, o := range r.observations {
		if o.Value().Check == check && slices.Contains(o.Value().Metrics, m) {
			return true
		}
	}
	return false
}

func (r *run) openReceipt() (string, error) {
	if r.bundle.Receipt == nil {
		return "none: the server has not confirmed that it received this report", nil
	}
	o, err := open(r.trust, *r.bundle.Receipt, report.RoleReceipt, report.ReceiptType, func(x report.Receipt) time.Time { return x.Received })
	if err != nil {
		return "", err
	}
	v := o.Value()
	subject, _ := o.Subject("report")
	if subject != r.report.Digest() || v.ReportSHA256 != r.report.Digest() || v.InviteID != r.invite.Value().ID {
		return "", errors.New("the receipt is for another report")
	}
	for _, obs := range r.observations {
		if v.Received.Before(obs.Value().Ended.Add(-time.Minute)) {
			return "", errors.New("the receipt is older than the measurements")
		}
	}
	r.receipt = &o
	return fmt.Sprintf("received %s, run %d of %d so far", v.Received.Format(time.RFC3339), v.Run, v.Runs), nil
}

// log: the receipt's place in the server's append-only log. Every receipt has one.
func (r *run) log() (string, error) {
	if r.receipt == nil {
		return "none: without a receipt there is no entry in the server's log", nil
	}
	e := r.receipt.Value().Log
	if err := tlog.Check(e, tlog.Commitment(r.report.Digest(), r.receipt.Value().Received)); err != nil {
		return "", err
	}
	return fmt.Sprintf("entry %d of %d", e.Index+1, e.Size), nil
}

// window: the report was made after the invite, and is still good at the time in question.
func (r *run) window() (string, error) {
	inv := r.invite.Value()
	if r.receipt == nil {
		if r.opt.At.After(inv.NotAfter) {
			return "", fmt.Errorf("%w, and no receipt shows that the report was made before", ErrExpired)
		}
		return "the invite is open until " + inv.NotAfter.Format(time.RFC3339), nil
	}
	received := r.receipt.Value().Received
	if received.Before(inv.NotBefore) || received.After(inv.NotAfter.Add(time.Hour)) {
		return "", errors.New("received outside the invite's time")
	}
	r.validUntil = received.AddDate(0, 0, r.policy.Valid())
	if r.opt.At.Before(received.Add(-time.Hour)) {
		return "", fmt.Errorf("at that time the report was not there yet: it was received %s", received.Format(time.RFC3339))
	}
	if r.opt.At.After(r.validUntil) {
		return "", fmt.Errorf("the report has expired: it was good until %s", r.validUntil.Format(time.DateOnly))
	}
	return "good until " + r.validUntil.Format(time.DateOnly), nil
}

// choosePolicy takes the recruiter's own copy where one is given.
func (r *run) choosePolicy() (string, error) {
	if r.opt.Policy != nil {
		r.policy = *r.opt.Policy
		return fmt.Sprintf("judged by your own copy: %s version %d", r.policy.ID, r.policy.Version), nil
	}
	return fmt.Sprintf("judged by the invite's: %s version %d", r.policy.ID, r.policy.Version), nil
}

func (r *run) appraise() (string, error) {
	r.appraisal = policy.Appraise(r.policy, r.report.Value().Evidence)
	return fmt.Sprintf("judged anew from the evidence: %s", r.appraisal.Verdict), nil
}
