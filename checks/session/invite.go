package session

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// Refusal is why an invite is not acted upon: nothing runs and nothing is sent.
type Refusal struct {
	// Code is stable, as "invite.expired".
	Code string
	// Malformed: the input is unreadable, rather than not authentic.
	Malformed bool
	// Cause is one clear line.
	Cause error
}

// Error is one line that says what is wrong.
func (r *Refusal) Error() string { return r.Cause.Error() }

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// ParseInvite reads an invite as it comes: the content of its file, or its link.
func ParseInvite(data []byte) (envelope.Envelope, error) {
	text := strings.TrimSpace(string(data))
	if rest, ok := strings.CutPrefix(text, exchange.LinkPrefix); ok {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(rest, "/"))
		if err != nil {
			return envelope.Envelope{}, malformed("the link is damaged or cut off; copy the whole link and try again")
		}
		text = string(raw)
	}
	e, err := envelope.Parse([]byte(text))
	if err != nil {
		return envelope.Envelope{}, malformed("this is not a Linecheck invite (%v); ask the recruiter to send it again", err)
	}
	return e, nil
}

func malformed(format string, args ...any) error {
	return &Refusal{Code: "invite.malformed", Malformed: true, Cause: fmt.Errorf(format, args...)}
}

// readInvite reads the invite, or takes the built-in policy where there is none.
func (s *Session) readInvite() error {
	if len(s.opt.Invite) == 0 {
		p, err := policy.Parse(s.opt.Policy)
		if err != nil {
			return &Refusal{Code: "policy.malformed", Malformed: true, Cause: err}
		}
		s.policy, s.text = p, s.opt.Policy
		return nil
	}
	sealed, err := ParseInvite(s.opt.Invite)
	if err != nil {
		return err
	}
	o, p, err := verify.Peek(sealed)
	if err != nil {
		return refuse(err)
	}
	s.sealedInv, s.invite, s.policy, s.text = sealed, &o, p, []byte(o.Value().Policy)
	server := s.opt.Server
	if server == "" {
		server = o.Value().Origin
	}
	client, err := exchange.NewClient(server, o.Value().ProbePin)
	if err != nil {
		return malformed("%v", err)
	}
	s.far = &far{client: client, pin: o.Value().ProbePin, trial: s.opt.Trial, open: s.openSession, verify: s.openObservation}
	return nil
}

// refuse turns what is wrong with an invite into one clear line and a code.
func refuse(err error) error {
	r := &Refusal{Cause: err}
	switch {
	case errors.Is(err, envelope.ErrSeal), errors.Is(err, envelope.ErrKey):
		r.Code, r.Cause = "invite.altered", errors.New("the invite was altered: its seal is broken; ask the recruiter to send it again")
	case errors.Is(err, verify.ErrExpired):
		r.Code, r.Cause = "invite.expired", fmt.Errorf("%w; ask the recruiter for a new one", err)
	case errors.Is(err, verify.ErrEarly):
		r.Code, r.Cause = "invite.early", fmt.Errorf("%w; try again then, and see whether this computer's clock is right", err)
	case errors.Is(err, verify.ErrOrigin):
		r.Code = "invite.origin"
	case errors.Is(err, verify.ErrRevoked):
		r.Code, r.Cause = "invite.revoked", fmt.Errorf("%w; ask the recruiter for a new one", err)
	case errors.Is(err, verify.ErrStranger), errors.Is(err, verify.ErrKeyTime):
		r.Code, r.Cause = "invite.stranger", errors.New("the invite was signed by a stranger: the server it names does not know the key")
	case errors.Is(err, verify.ErrRollback), errors.Is(err, verify.ErrRoot):
		r.Code, r.Cause = "trust.changed", fmt.Errorf("the server's keys cannot be trusted: %w; ask the recruiter", err)
	case errors.Is(err, envelope.ErrMalformed), errors.Is(err, envelope.ErrType), errors.Is(err, verify.ErrInvite):
		r.Code, r.Malformed = "invite.malformed", true
		r.Cause = fmt.Errorf("this is not a Linecheck invite (%w)", err)
	default:
		r.Code = "invite.refused"
	}
	return r
}

// clockSlack is how far this computer's clock may be behind the recruiter's.
// The server, by its own clock, has the last word.
const clockSlack = 5 * time.Minute

// confirm asks the invite's server whether it knows who signed it, and for a
// measuring session. A server that cannot be reached leaves the invite
// unconfirmed: then the run measures what it can and sends nothing.
func (s *Session) confirm(ctx context.Context) error {
	inv := s.invite.Value()
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := s.counts(time.Now()); err != nil {
		if there, ok := s.far.client.Date(ctx); ok && s.counts(there) == nil {
			off := time.Since(there).Abs().Round(time.Minute)
			return &Refusal{Code: ClockRefusal, Cause: fmt.Errorf("the clock of this computer is wrong by %v, so the invite seems not to count; set date, time and time zone to automatic in the system settings, then try again", off)}
		}
		return refuse(err)
	}
	trust, err := fetchTrust(ctx, s.far.client)
	var network *networkError
	if errors.Is(err, exchange.ErrPin) && s.opt.Server != "" {
		return refuse(fmt.Errorf("%w: the server at %s has not the certificate that the invite names", verify.ErrOrigin, s.opt.Server))
	}
	if errors.As(err, &network) {
		s.log.Warn("the invite could not be confirmed", "error", err)
		s.far.away = network.error
		return s.outdated()
	}
	if err != nil {
		return refuse(err)
	}
	if _, _, err := verify.Invite(trust, s.sealedInv, later(time.Now(), inv.NotBefore)); err != nil && !s.onlyLate(err) {
		return refuse(err)
	}
	if err := s.home.remember(ctx, s.far.client, trust); err != nil {
		return refuse(err)
	}
	s.trust = &trust
	if s.folder.sealed() {
		return nil // nothing is left to measure
	}
	if err := s.outdated(); err != nil {
		return err
	}
	return s.admitted(ctx)
}

// ClockRefusal is the code of a refusal for which this computer's clock is to blame.
const ClockRefusal = "clock.wrong"

// counts says whether the invite counts at a time; a report that is sealed already may be late.
func (s *Session) counts(now time.Time) error {
	inv := s.invite.Value()
	switch {
	case now.After(inv.NotAfter) && !s.folder.sealed():
		return fmt.Errorf("%w: it counted until %s", verify.ErrExpired, inv.NotAfter.Format(time.RFC3339))
	case now.Add(clockSlack).Before(inv.NotBefore):
		return fmt.Errorf("%w: it counts from %s", verify.ErrEarly, inv.NotBefore.Format(time.RFC3339))
	}
	return nil
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// onlyLate: a report that was sealed in time may still be sent; the server has the last word.
func (s *Session) onlyLate(err error) bool {
	return errors.Is(err, verify.ErrExpired) && s.folder.sealed()
}

// networkError is trouble on the way, as opposed to an answer.
type networkError struct{ error }

// Unwrap is the trouble itself.
func (n *networkError) Unwrap() error { return n.error }

// fetchTrust fetches and verifies the server's trust file.
func fetchTrust(ctx context.Context, c *exchange.Client) (verify.Trust, error) {
	sealed, err := c.Trust(ctx)
	if err != nil {
		return verify.Trust{}, &networkError{err}
	}
	return verify.OpenTrust(sealed)
}

// admitted opens the measuring session early, so that an invite whose runs are
// used up is said before anything is measured.
func (s *Session) admitted(ctx context.Context) error {
	_, err := s.far.Session(ctx)
	var said *exchange.Error
	if errors.As(err, &said) && strings.HasPrefix(said.Code, "invite.") {
		return &Refusal{Code: said.Code, Cause: errors.New(said.Message)}
	}
	if err != nil {
		s.log.Warn("no measuring session yet", "error", err)
	}
	return nil
}

// openSession asks the probe for a measuring session, proving the session key.
func (s *Session) openSession(ctx context.Context) (*exchange.Session, error) {
	inv := s.invite.Value()
	hello, err := envelope.Seal(s.key, report.HelloType, []envelope.Subject{envelope.On("invite", s.invite.Digest())},
		report.Hello{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: s.key.Public().ID(), Sent: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return nil, err
	}
	return s.far.client.Open(ctx, exchange.OpenRequest{Invite: s.sealedInv, Hello: hello})
}

// openObservation verifies what the probe sealed for this session.
func (s *Session) openObservation(sealed envelope.Envelope) (report.Observation, error) {
	if s.trust == nil {
		return report.Observation{}, errors.New("the server's keys are not known yet")
	}
	o, err := verify.Observation(*s.trust, sealed)
	if err != nil {
		return report.Observation{}, err
	}
	if o.SessionKey != s.key.Public().ID() || o.Nonce != s.invite.Value().Nonce {
		return report.Observation{}, errors.New("the observation is of another session")
	}
	return o, nil
}
