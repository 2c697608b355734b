package people

import (
	"context"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/crockford"
)

// setupLife is how long a one-time link counts.
const setupLife = 72 * time.Hour

// SetupPath is the page that a one-time link leads to.
const SetupPath = "/portal/setup"

// ErrSetup: the one-time link was used, was replaced, has expired, or never was.
var ErrSetup = errors.New("this link counts no longer: ask for a new one")

// ErrCode: the one-time code is not the one that the app shows now.
var ErrCode = errors.New("this is not the code that the app shows now")

// SetupLink is the one-time link of a code, as a person gets it.
func SetupLink(origin *url.URL, code string) string {
	return origin.JoinPath(SetupPath).String() + "?code=" + url.QueryEscape(code)
}

// BeginSetup is whom a one-time link is for, and the address that their app takes the
// secret of their one-time codes from (otpauth://…, to be shown as a QR code). It is the same each time. The error is [ErrSetup].
func (p *People) BeginSetup(ctx context.Context, code string, now time.Time) (_ Person, totpURI string, err error) {
	s, err := p.bySetup(ctx, code, now)
	if err != nil {
		return Person{}, "", err
	}
	if s.TOTP == "" {
		key, err := p.key(s.Login, nil)
		if err != nil {
			return Person{}, "", err
		}
		s, err = p.store.ChangePerson(ctx, s.ID, func(s *store.Person, _ []store.Person) error {
			if !opens(*s, code, now) {
				return ErrSetup
			}
			if s.TOTP == "" { // who opens the link twice at once sees one secret
				s.TOTP = key.Secret()
			}
			return nil
		})
		if err != nil {
			return Person{}, "", err
		}
	}
	secret, err := secretBase().DecodeString(s.TOTP)
	if err != nil {
		return Person{}, "", err
	}
	key, err := p.key(s.Login, secret)
	if err != nil {
		return Person{}, "", err
	}
	return personOf(s), key.String(), nil
}

// FinishSetup sets the password and takes the one-time codes into use, by one that the
// app shows; the link counts no longer then, and all visits from before have ended. Errors are [ErrSetup],
// [ErrShortPassword], [ErrLongPassword], [ErrCommonPassword], [ErrCode], and [ErrOften] where too many wait.
func (p *People) FinishSetup(ctx context.Context, code, password, totpCode string, now time.Time) (Person, error) {
	found, err := p.bySetup(ctx, code, now)
	if err != nil {
		return Person{}, err
	}
	if err := goodPassword(password, found.Login); err != nil {
		return Person{}, err
	}
	step, ok := stepOf(found.TOTP, totpCode, now)
	if found.TOTP == "" || !ok {
		return Person{}, ErrCode
	}
	hash, err := p.hashing.make(ctx, password)
	if err != nil {
		return Person{}, err
	}
	s, err := p.store.ChangePerson(ctx, found.ID, func(s *store.Person, _ []store.Person) error {
		if !opens(*s, code, now) || s.TOTP != found.TOTP {
			return ErrSetup
		}
		s.Password, s.TOTPStep = hash, step
		s.Setup, s.SetupEnds = "", time.Time{}
		s.Generation++
		return nil
	})
	return personOf(s), err
}

// bySetup is whose one-time link counts now.
func (p *People) bySetup(ctx context.Context, code string, now time.Time) (store.Person, error) {
	s, err := p.store.PersonBySetup(ctx, setupDigest(code))
	if errors.Is(err, store.ErrNoPerson) || err == nil && !opens(s, code, now) {
		err = ErrSetup
	}
	return s, err
}

// opens says whether a code is that of a person's one-time link, and counts.
func opens(s store.Person, code string, now time.Time) bool {
	return s.Setup == setupDigest(code) && now.Before(s.SetupEnds) && s.Disabled.IsZero()
}

// setupDigest is the digest of a one-time link's code, as people type it.
func setupDigest(code string) string { return digest(crockford.Plain(code)) }

// key is the secret of a person's one-time codes, with what their app calls it; a new secret where none is given.
func (p *People) key(login string, secret []byte) (*otp.Key, error) {
	return totp.Generate(totp.GenerateOpts{Issuer: p.origin.Hostname(), AccountName: login, Secret: secret})
}

func secretBase() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// stepSeconds is how long the app shows a code.
const stepSeconds = 30

// stepOf says which step of time a code belongs to: the present one, the one before or
// the one after it (RFC 6238).
func stepOf(secret, code string, now time.Time) (int64, bool) {
	code = strings.ReplaceAll(code, " ", "")
	present := now.Unix() / stepSeconds
	for step := present - 1; step <= present+1; step++ {
		ok, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if ok && err == nil {
			return step, true
		}
	}
	return 0, false
}
