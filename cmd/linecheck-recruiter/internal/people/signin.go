package people

import (
	"context"
	"errors"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// ErrWrong: login, password and one-time code are not those of somebody who may sign in. Which of them is wrong is not told.
var ErrWrong = errors.New("login, password or one-time code is wrong")

// ErrOften: there were too many wrong tries. After some minutes the next is allowed.
var ErrOften = errors.New("there were too many wrong tries: wait some minutes")

// SignIn is who signs in by login, password and the code that their app shows. from is
// the address of their computer. Whatever is wrong, the error is [ErrWrong], and takes as long; it
// is [ErrOften] where the address, or strangers with the login, were wrong too often.
func (p *People) SignIn(ctx context.Context, login, password, totpCode, from string, now time.Time) (Person, error) {
	login = foldLogin(login)
	try := p.pace.try(login, from, now)
	if try == nil {
		return Person{}, ErrOften
	}
	s, err := p.signIn(ctx, login, password, totpCode, now)
	if err != nil {
		return Person{}, err
	}
	try.good(now)
	return personOf(s), nil
}

func (p *People) signIn(ctx context.Context, login, password, totpCode string, now time.Time) (store.Person, error) {
	s, err := p.store.PersonByLogin(ctx, login)
	if err != nil && !errors.Is(err, store.ErrNoPerson) {
		return s, err
	}
	able := s.Password != "" && s.Disabled.IsZero()
	hash := s.Password
	if !able {
		hash = nobodysHash()
	}
	right, err := p.hashing.fits(ctx, password, hash)
	if err != nil {
		return s, err
	}
	step, ok := stepOf(s.TOTP, totpCode, now)
	if !able || !right || !ok {
		p.log.Info("sign-in refused", "person", s.ID, "may", able, "password", right, "code", ok)
		return s, ErrWrong
	}
	return p.store.ChangePerson(ctx, s.ID, func(q *store.Person, _ []store.Person) error {
		// The code may have been used, and what they sign in by may have ended, in the meantime.
		if q.TOTPStep >= step || q.Password != s.Password || q.TOTP != s.TOTP || !q.Disabled.IsZero() {
			return ErrWrong
		}
		q.TOTPStep = step
		return nil
	})
}
