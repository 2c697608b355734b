package people

import (
	"context"
	"errors"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// ErrLastAdmin: without that person nobody could manage anything any more.
var ErrLastAdmin = errors.New("this is the last admin: make somebody else an admin first")

// SetRole gives a person another role, from their next request on. Errors are [ErrRole], [store.ErrNoPerson] and [ErrLastAdmin].
func (p *People) SetRole(ctx context.Context, id int64, role Role) error {
	if !role.May(See) {
		return ErrRole
	}
	return p.change(ctx, id, func(s *store.Person) { s.Role = string(role) })
}

// Disable keeps a person from signing in, and ends their visits. Errors are [store.ErrNoPerson] and [ErrLastAdmin].
func (p *People) Disable(ctx context.Context, id int64, now time.Time) error {
	return p.change(ctx, id, func(s *store.Person) {
		if s.Disabled.IsZero() {
			s.Disabled = now
		}
		s.Generation++
	})
}

// Enable lets a person sign in again, as before they were disabled. The error is [store.ErrNoPerson].
func (p *People) Enable(ctx context.Context, id int64) error {
	return p.change(ctx, id, func(s *store.Person) { s.Disabled = time.Time{} })
}

// Renew gives a person a new one-time link, whose code is returned. Whatever they signed
// in by before ends: password, one-time codes, the sign-in service's name for them, an older link, and all visits.
// The error is [store.ErrNoPerson].
func (p *People) Renew(ctx context.Context, id int64, now time.Time) (setupCode string, err error) {
	code, err := newCode()
	if err != nil {
		return "", err
	}
	err = p.change(ctx, id, func(s *store.Person) {
		s.Password, s.TOTP, s.TOTPStep, s.Subject = "", "", 0, ""
		s.Setup, s.SetupEnds = digest(code), now.Add(setupLife)
		s.Generation++
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// change changes a person, but never so that no admin is left.
func (p *People) change(ctx context.Context, id int64, f func(*store.Person)) error {
	_, err := p.store.ChangePerson(ctx, id, func(s *store.Person, all []store.Person) error {
		f(s)
		if manages(*s) {
			return nil
		}
		left, was := false, false
		for _, o := range all {
			if o.ID == id {
				was = manages(o)
			} else if manages(o) {
				left = true
			}
		}
		if was && !left {
			return ErrLastAdmin
		}
		return nil
	})
	return err
}

// manages says whether a person may manage, and may sign in to do so.
func manages(s store.Person) bool { return s.Disabled.IsZero() && Role(s.Role).May(Manage) }
