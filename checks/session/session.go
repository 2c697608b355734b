// Package session is an applicant's way from invite to receipt: confirm the
// invite, plan, measure, seal, send; and go on where it was left, whatever
// happened in between. Everything it must not lose is on disk first.
//
// A session moves through states, each of which is what stands in its folder:
//
//	state     in the folder            moved there by     survives a crash
//	open      state.json, key          [Open]             the key: observations stay valid
//	measured  evidence/<check>.json    [Session.Run]      each finished check, as long as it is fresh
//	          before/<check>.json      [Session.Again]    what was measured before that, once
//	sealed    bundle.json              [Session.Seal]     the report, byte for byte; it is in the outbox too
//	sent      reports/<digest>         [Session.Send]     the receipt; the outbox entry is gone
//	done      (folder removed)         [Session.Finish]   the report and its receipt
//
// It shows nothing to anyone and asks nobody: the window and the terminal do.
// How a check measures and how a verdict is reached do not come in here.
package session

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// Options are what the caller decides.
type Options struct {
	// Home is the folder for everything that is kept.
	Home string
	// Invite is the invite as it came, as file content or link; empty for a self-check.
	Invite []byte
	// Server replaces the invite's server address, as when the same server has another name from here.
	Server string
	// Policy is the text of the policy to judge a self-check by.
	Policy []byte
	// Checks limits the run to these ids; empty means all that the policy looks at.
	Checks []string
	// Trial: the run is for finding out what is wrong. It measures everything anew, keeps and
	// seals nothing, and asks the probe for one measuring session at most.
	Trial bool
	// Make makes the checks.
	Make Make
	// Devices names the chosen sound devices: evidence of a check that needs sound is not
	// reused where it was measured on others.
	Devices string
	// Manner names how the other checks measure, as "thorough": their evidence is not
	// reused where they measured in another manner.
	Manner string
	// MachineID is the system's own id of this computer, asked for only where the
	// policy wants a pseudonym of it; nil where there is none.
	MachineID func(ctx context.Context) (string, error)
	// PDF draws the report for people; nil leaves that form out. organisation is
	// the sender's confirmed name or empty, policy the text the report was judged by.
	PDF func(b bundle.Bundle, organisation string, policy []byte) ([]byte, error)
	// Program is written into the report.
	Program report.Program
	// Log takes what happens, for support; nil for none.
	Log *slog.Logger
}

// Make makes the checks that are to be judged by p. far is nil without an invite.
type Make func(far Far, p policy.Policy) []checks.Check

// Far is the recruiter's probe as the checks see it.
type Far interface {
	// Server is the address that the probe is reached at, and the pin of its certificate;
	// the pin is empty for one by public authorities.
	Server() (origin, pin string)
	// Session is the open measuring session; it is asked for when needed.
	Session(ctx context.Context) (*exchange.Session, error)
	// Open verifies what the probe sealed.
	Open(sealed envelope.Envelope) (report.Observation, error)
	// Seed is what this run draws from where something must not be known beforehand: the
	// invite's nonce, a space, and the id of the key that the report will be signed with.
	Seed() string
	// VoiceSample says whether the invite asks for a recording of the applicant's voice.
	VoiceSample() bool
}

// Session is one applicant's way from invite to receipt. Its methods are
// called one after the other by one goroutine.
type Session struct {
	opt    Options
	home   home
	folder folder
	log    *slog.Logger
	far    *far // nil without an invite
	key    envelope.PrivateKey
	begun  time.Time
	policy policy.Policy
	text   []byte // the policy's text

	invite    *envelope.Opened[report.Invite]
	sealedInv envelope.Envelope
	trust     *verify.Trust // nil while the invite is not confirmed
	plan      []checks.Check
	kept      map[string]record
	partial   bool
	fresh     bool // nothing was there to go on with
	running   atomic.Pointer[checks.Runner]
}

// Open confirms the invite, finds what an interrupted run left behind, and
// plans the rest. It returns a [*Refusal] where nothing may run, [ErrBusy] where
// the session is open in another process, and other errors where the folder
// cannot be used. Close the session when done.
func Open(ctx context.Context, opt Options) (*Session, error) {
	s := &Session{opt: opt, log: opt.Log, kept: map[string]record{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	h, err := openHome(opt.Home)
	if err != nil {
		return nil, err
	}
	s.home = h
	if err := s.readInvite(); err != nil {
		return nil, err
	}
	if s.folder, err = h.session(s.name()); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		if s.fresh {
			err = errors.Join(err, s.folder.remove())
		}
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Session) open(ctx context.Context) error {
	if err := s.resume(); err != nil {
		return err
	}
	if s.invite != nil {
		if err := s.folder.keepInvite(s.opt.Invite); err != nil {
			return err
		}
	}
	if s.invite != nil {
		if err := s.confirm(ctx); err != nil {
			return err
		}
	}
	return s.makePlan()
}

// name is the folder's name: the same invite is always the same session.
func (s *Session) name() string {
	if s.invite == nil {
		return "self-check-" + policy.Digest(s.text)[:16]
	}
	return s.invite.Digest()[:32]
}

// resume takes over key and begin of an interrupted run, or starts afresh.
func (s *Session) resume() error {
	st, err := s.folder.state()
	if err == nil && s.invite == nil && s.folder.stale(time.Now()) {
		err = errStale
	}
	if err != nil {
		s.log.Info("no run to go on with", "why", err)
		if err := s.folder.setAside(err); err != nil {
			return err
		}
		s.fresh = true
		if st, err = s.folder.begin(rand.Reader, time.Now()); err != nil {
			return err
		}
	}
	s.begun = st.Begun
	if s.key, err = envelope.ParsePrivate(st.Key); err != nil {
		return err
	}
	if s.far != nil {
		s.far.sample = s.invite.Value().VoiceSample && s.far.away == nil
		s.far.seed = s.invite.Value().Nonce + " " + s.key.Public().ID()
	}
	return nil
}

// Close leaves the session as it is; it can be opened again.
func (s *Session) Close() {
	if s.far != nil {
		s.far.close()
	}
	s.folder.unlock()
}

// Invite is what the invite says; nil for a self-check.
func (s *Session) Invite() *report.Invite {
	if s.invite == nil {
		return nil
	}
	v := s.invite.Value()
	return &v
}

// Sender is the organisation that the confirmed invite comes from. ok is false
// without an invite, or where it could not be confirmed: then nothing is sent.
func (s *Session) Sender() (name string, ok bool) {
	if s.trust == nil {
		return "", false
	}
	return s.trust.Value().Name, true
}

// Unconfirmed is why the sender of the invite could not be confirmed; nil where it was.
func (s *Session) Unconfirmed() error {
	if s.far == nil {
		return nil
	}
	return s.far.away
}

// Measuring is the measuring session that is open: the server's address and the
// session's token, which belongs into no report and no log. ok is false where none is open.
func (s *Session) Measuring() (origin, token string, ok bool) {
	if s.far == nil {
		return "", "", false
	}
	open, ok := s.far.inUse()
	if !ok {
		return "", "", false
	}
	return open.Origin(), open.Grant.Token, true
}

// Partial says that only some of the policy's checks are in the plan: such a
// run is for trying things out, and is neither sealed nor sent.
func (s *Session) Partial() bool { return s.partial }

// Pseudonym says that the report will hold a pseudonym of this computer, because the policy asks for it.
func (s *Session) Pseudonym() bool {
	return s.invite != nil && s.policy.Machine && s.opt.MachineID != nil
}
