package session

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
)

// Sealed says whether the session's report was sealed before an interruption:
// then there is nothing left to measure.
func (s *Session) Sealed() bool { return s.folder.sealed() }

// Seal makes the report of the evidence and signs it: marshalled once, and on
// disk before anything is sent. upload puts it into the outbox. A report that is
// sealed already is returned as it is. Where the invite could not be confirmed
// it is not kept as the session's: the next run, with the server there, makes a better one. name is the legal name typed as
// signature, where the invite asks for one.
func (s *Session) Seal(evidence []report.Evidence, name string, upload bool) (bundle.Bundle, error) {
	if s.partial {
		return bundle.Bundle{}, errors.New("only a complete run is sealed")
	}
	b, err := s.sealedBundle()
	if errors.Is(err, os.ErrNotExist) {
		b, err = s.seal(evidence, name)
		if err == nil && s.invite != nil && s.trust == nil {
			return b, nil
		}
		if err == nil {
			err = save(s.folder.bundlePath(), b)
		}
	}
	if err != nil {
		return b, err
	}
	if !upload {
		return b, nil
	}
	return b, s.post(b)
}

// sealedBundle is the bundle of an interrupted session, with the receipt if that had come.
func (s *Session) sealedBundle() (bundle.Bundle, error) {
	data, err := os.ReadFile(s.folder.bundlePath())
	if err != nil {
		return bundle.Bundle{}, err
	}
	b, err := bundle.Parse(data)
	if err != nil {
		return b, err
	}
	digest, err := b.Report.Digest()
	if err != nil {
		return b, err
	}
	if data, err := os.ReadFile(s.home.reportPath(digest)); err == nil {
		if done, err := bundle.Parse(data); err == nil {
			return done, nil
		}
	}
	return b, nil
}

func (s *Session) seal(evidence []report.Evidence, name string) (bundle.Bundle, error) {
	r := report.Report{
		SessionKey: s.key.Public().ID(), Program: s.opt.Program,
		Started: s.begun, Finished: time.Now().UTC().Truncate(time.Second),
		PolicySHA256: policy.Digest(s.text), Signature: name, Evidence: evidence,
	}
	b := bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{}}
	var subjects []envelope.Subject
	if s.invite != nil {
		inv := s.invite.Value()
		r.InviteID, r.Nonce = inv.ID, inv.Nonce
		r.Machine = s.pseudonym(inv.Tenant)
		b.Invite = &s.sealedInv
		subjects = append(subjects, envelope.On("invite", s.invite.Digest()))
		if inv.VoiceSample {
			b.Voice = s.voice()
		}
		if b.Voice != nil {
			subjects = append(subjects, envelope.On("voice", envelope.Digest(b.Voice)))
		}
	} else {
		subjects = append(subjects, envelope.On("policy", r.PolicySHA256))
	}
	for _, rec := range s.observations() {
		for _, o := range rec.Observations {
			d, err := o.Digest()
			if err != nil {
				return b, err
			}
			subjects = append(subjects, envelope.On("observation", d))
			b.Observations = append(b.Observations, o)
		}
	}
	var err error
	b.Report, err = envelope.Seal(s.key, report.ReportType, subjects, r)
	return b, err
}

// machineTime bounds the question for the computer's id.
const machineTime = 2 * time.Second

// pseudonym is the computer's pseudonym for a tenant; empty where it is not
// asked for or the system does not tell.
func (s *Session) pseudonym(tenant string) string {
	if !s.Pseudonym() {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), machineTime)
	defer cancel()
	id, err := s.opt.MachineID(ctx)
	if err != nil || id == "" {
		s.log.Warn("the system does not tell an id of this computer", "error", err)
		return ""
	}
	mac := hmac.New(sha256.New, []byte(id))
	mac.Write([]byte("linecheck machine " + tenant))
	return hex.EncodeToString(mac.Sum(nil))
}

// post puts a sealed report into the outbox, unless its receipt is in already.
func (s *Session) post(b bundle.Bundle) error {
	if b.Receipt != nil {
		return nil
	}
	digest, err := b.Report.Digest()
	if err != nil {
		return err
	}
	return save(s.home.outboxPath(digest), b)
}

// Finish writes the report in its coats, to the reports folder and to out if
// that is not empty, and ends the session. It returns the paths written. Call
// end once the answer was given: until then a crash goes on from here.
func (s *Session) Finish(b bundle.Bundle, out string) (paths []string, end func() error, err error) {
	digest, err := b.Report.Digest()
	if err != nil {
		return nil, nil, err
	}
	coats, err := s.coats(b)
	if err != nil {
		return nil, nil, err
	}
	kept := filepath.Dir(s.home.reportPath(digest))
	if out == "" {
		out = kept
	}
	for _, c := range coats {
		for _, dir := range slices.Compact([]string{kept, out}) {
			if err := WriteFile(filepath.Join(dir, c.name), c.data); err != nil {
				return nil, nil, fmt.Errorf("the report could not be written: %w", err)
			}
		}
		paths = append(paths, filepath.Join(out, c.name))
	}
	return paths, s.folder.remove, nil
}

// coat is one form of the report as a file.
type coat struct {
	name string
	data []byte
}

// plainCoats are the forms that need no drawing. JSON comes first: it is what a later run looks for.
func plainCoats(b bundle.Bundle) ([]coat, error) {
	plain, err := b.JSON()
	if err != nil {
		return nil, err
	}
	text, err := b.Armour()
	if err != nil {
		return nil, err
	}
	return []coat{{"report.json", plain}, {"report.txt", text}}, nil
}

// coats are the report in every form. That the picture cannot be drawn takes nothing from the report.
func (s *Session) coats(b bundle.Bundle) ([]coat, error) {
	list, err := plainCoats(b)
	if err != nil || s.opt.PDF == nil {
		return list, err
	}
	name, _ := s.Sender()
	drawn, err := s.opt.PDF(b, name, s.text)
	if err != nil {
		s.log.Error("the report could not be drawn as a PDF", "error", err)
		return list, nil
	}
	return append(list, coat{"report.pdf", drawn}), nil
}
