package invites

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// Path is where a server has the page of an invite; the code follows it.
const Path = "/i/"

// Keys are what is needed of the organisation's keys.
type Keys interface {
	// Trust is the verified trust file.
	Trust() (verify.Trust, error)
	// Key is the private key of a role.
	Key(role report.KeyRole) envelope.PrivateKey
}

// Desk issues the invites of one organisation. Make it with [NewDesk]. Its methods may be called from any goroutine.
type Desk struct {
	keys        Keys
	store       *store.Tenant
	origin, pin string
}

// NewDesk is a desk for the server that is reached at an origin, as "https://jobs.example". The pin
// is that of its certificate; empty where the public roots vouch for it. Without a store (nil)
// the invites are sealed and have no codes.
func NewDesk(keys Keys, s *store.Tenant, origin, pin string) *Desk {
	return &Desk{keys: keys, store: s, origin: origin, pin: pin}
}

// Issued is an invite that was issued.
type Issued struct {
	Wish
	// ID and Nonce are as in the sealed invite, From is the organisation's name, Ends the last moment at which it counts.
	ID, Nonce, From string
	Ends            time.Time
	// Sealed is the invite as it travels. It is empty where several were issued and a store keeps them: each may have
	// 20 kB and more, and the store gives it for its code.
	Sealed []byte
	// Code is what the invite is fetched by. It is known here and nowhere else: the store has its digest.
	// Web is the address of the invite's page, and Typed the code as people type it into the program. All are empty without a store.
	Code, Web, Typed string

	short string // the link, where there is a code
}

// Link opens the program: it has the code, where there is one, and else holds the invite. The second kind has 20,000
// characters and more, and browsers on Windows pass on [LongestLink] at most.
func (i Issued) Link() string {
	if i.short != "" {
		return i.short
	}
	return exchange.Link(i.Sealed)
}

// LongestLink is how many characters a link may have that is clicked: Chromium and Firefox pass on no longer one on Windows.
const LongestLink = 2048

// ErrOrigin: the trust file does not name the server, so that nobody would believe its invites.
var ErrOrigin = errors.New("the trust file does not name the server's address")

// Issue checks wishes, seals an invite for each in their order, and has all of them kept, or none. A
// [*Problem] says which wish is wrong.
func (d *Desk) Issue(ctx context.Context, wishes []Wish, now time.Time) ([]Issued, error) {
	now = now.UTC().Truncate(time.Second)
	s, err := d.sealer(now)
	if err != nil {
		return nil, err
	}
	if err := checkAll(wishes); err != nil {
		return nil, err
	}
	issued := make([]Issued, 0, len(wishes))
	sealed := s.each(ctx, wishes, &issued)
	if d.store == nil || len(wishes) == 0 {
		for _, e := range sealed {
			err = e // nothing comes after one
		}
	} else {
		err = d.store.PutInvitesFrom(ctx, sealed)
	}
	if err != nil {
		return nil, err
	}
	return issued, nil
}

// each seals an invite for each of the wishes, in their order, and leaves in issued what there is to say of them.
func (s *sealer) each(ctx context.Context, wishes []Wish, issued *[]Issued) iter.Seq2[store.Coded, error] {
	return func(yield func(store.Coded, error) bool) {
		*issued = (*issued)[:0]
		for _, w := range wishes {
			i, c, err := s.seal(w)
			if err = errors.Join(err, ctx.Err()); err == nil {
				if s.store != nil && len(wishes) > 1 {
					i.Sealed = nil
				}
				*issued = append(*issued, i)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

func checkAll(wishes []Wish) error {
	var last []byte // most have the same policy, which was looked at with the first of them
	for n, w := range wishes {
		text := w.PolicyText
		if bytes.Equal(text, last) {
			w.PolicyText = nil
		}
		var p *Problem
		if err := w.Check(); errors.As(err, &p) {
			if len(wishes) > 1 {
				p.Line = n + 1
			}
			return p
		} else if err != nil {
			return err
		}
		last = text
	}
	return nil
}

// sealer seals invites that are issued at one time.
type sealer struct {
	*Desk
	trust report.Trust
	now   time.Time
	// text is the policy that was asked for last, digest its digest.
	text   []byte
	digest string
}

func (d *Desk) sealer(now time.Time) (*sealer, error) {
	t, err := d.keys.Trust()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(t.Value().Origins, d.origin) {
		return nil, fmt.Errorf("%w, %s", ErrOrigin, d.origin)
	}
	if _, err := t.Key(report.RoleInvite, d.keys.Key(report.RoleInvite).Public().ID(), now); err != nil { // keys were changed under the running server
		return nil, fmt.Errorf("the invite would not count, restart the server: %w", err)
	}
	return &sealer{Desk: d, trust: t.Value(), now: now}, nil
}

func (s *sealer) seal(w Wish) (i Issued, c store.Coded, err error) {
	text, err := w.policyOf()
	if err != nil {
		return i, c, err
	}
	if !bytes.Equal(text, s.text) {
		s.text, s.digest = text, policy.Digest(text)
	}
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return i, c, err
	}
	inv := report.Invite{
		ID: hex.EncodeToString(random[:16]), Nonce: hex.EncodeToString(random[16:]), Tenant: s.trust.Tenant, Origin: s.origin, ProbePin: s.pin,
		Applicant: w.Applicant, Role: w.Role, Region: w.Region, Issued: s.now, NotBefore: s.now, NotAfter: s.now.Add(w.Life),
		Runs: w.Runs, LegalName: w.LegalName, VoiceSample: w.Voice, Program: w.Program, Policy: string(text),
	}
	sealed, err := envelope.Seal(s.keys.Key(report.RoleInvite), report.InviteType, []envelope.Subject{envelope.On("policy", s.digest)}, inv)
	if err != nil {
		return i, c, err
	}
	i = Issued{Wish: w, ID: inv.ID, Nonce: inv.Nonce, From: s.trust.Name, Ends: inv.NotAfter}
	if i.Sealed, err = sealed.Bytes(); err != nil || s.store == nil {
		return i, c, err
	}
	if i.Code, err = exchange.NewInviteCode(rand.Reader); err != nil {
		return i, c, err
	}
	i.Web, i.Typed, i.short = s.origin+Path+i.Code, exchange.InviteAddress(s.origin, i.Code), exchange.ShortLink(s.origin, i.Code, s.pin)
	c = store.Coded{Invite: intake.InviteOf(inv), Code: exchange.CodeDigest(i.Code), Sealed: i.Sealed}
	c.Policy, c.Name, c.Language = s.digest, w.Name, w.Language
	return i, c, nil
}
