package people

import (
	"context"
	"errors"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/crockford"
)

// ErrToken: the request has no token that counts. Why it does not is not told.
var ErrToken = errors.New("the request needs a token that counts")

// ErrRights: nobody gives a token more rights than they have.
var ErrRights = errors.New("a token has no more rights than who makes it")

// ErrTokenEnds: when the token ends is not as it must be.
var ErrTokenEnds = errors.New("a token ends within 366 days")

const (
	// tokenPrefix begins every token, so that one that was published is recognised.
	tokenPrefix = "lct_"
	tokenDigits = randomBytes * 8 / 5
	longestEnd  = 366 * 24 * time.Hour
	// usedSlack is how exactly it is known when a token was used: not every request is a write to disk.
	usedSlack = time.Minute
)

// Token is what a program signs in by.
type Token struct {
	ID int64
	// Name is what it is for.
	Name string
	// Role is what it has, and never more than its maker has now.
	Role Role
	// By is the login of who made it.
	By string
	// Created and Ends bound when it counts. Used is when it was used last, to the minute, and Revoked when it was revoked; zero where it was not.
	Created, Ends, Used, Revoked time.Time
}

// May says whether the token has a right.
func (t Token) May(x Right) bool { return t.Role.May(x) }

// NewToken makes a token; its text is shown this once. It counts until ends, at most 366
// days from now, and while its maker may sign in. Errors are [ErrName], [ErrRights] and [ErrTokenEnds].
func (p *People) NewToken(ctx context.Context, by Person, name string, role Role, ends, now time.Time) (token string, err error) {
	maker, err := p.store.PersonByID(ctx, by.ID)
	switch {
	case err != nil:
		return "", err
	case !maker.Disabled.IsZero() || !Role(maker.Role).covers(role):
		return "", ErrRights
	case !ends.After(now) || ends.Sub(now) > longestEnd:
		return "", ErrTokenEnds
	}
	if name, err = goodName(name); err != nil || name == "" {
		return "", ErrName
	}
	code, err := newCode()
	if err != nil {
		return "", err
	}
	token = tokenPrefix + code
	_, err = p.store.AddToken(ctx, store.Token{Digest: digest(token), Name: name, Role: string(role), Person: maker.ID, Created: now, Ends: ends})
	if err != nil {
		return "", err
	}
	return token, nil
}

// ByToken is the token of a request's Authorization header. Where there is none that counts the error is [ErrToken].
func (p *People) ByToken(ctx context.Context, header string, now time.Time) (Token, error) {
	text, ok := bearer(header)
	if !ok {
		return Token{}, ErrToken
	}
	k, err := p.store.TokenByDigest(ctx, digest(text))
	if errors.Is(err, store.ErrNoToken) || err == nil && (!k.Revoked.IsZero() || !now.Before(k.Ends)) {
		err = ErrToken
	}
	if err != nil {
		return Token{}, err
	}
	maker, err := p.store.PersonByID(ctx, k.Person)
	if err != nil {
		return Token{}, err
	}
	if !maker.Disabled.IsZero() {
		return Token{}, ErrToken
	}
	if now.Sub(k.Used) > usedSlack {
		if err := p.store.TokenUsed(ctx, k.ID, now); err != nil {
			return Token{}, err
		}
		k.Used = now
	}
	return tokenOf(k, maker), nil
}

// Tokens are all tokens, the newest first, those that count no longer among them.
func (p *People) Tokens(ctx context.Context) ([]Token, error) {
	list, err := p.store.People(ctx)
	if err != nil {
		return nil, err
	}
	makers := map[int64]store.Person{}
	for _, s := range list {
		makers[s.ID] = s
	}
	tokens, err := p.store.Tokens(ctx)
	out := make([]Token, 0, len(tokens))
	for _, k := range tokens {
		out = append(out, tokenOf(k, makers[k.Person]))
	}
	return out, err
}

// RevokeToken ends a token before its time. The error is [store.ErrNoToken].
func (p *People) RevokeToken(ctx context.Context, id int64, now time.Time) error {
	return p.store.RevokeToken(ctx, id, now)
}

func tokenOf(k store.Token, maker store.Person) Token {
	t := Token{ID: k.ID, Name: k.Name, Role: Role(k.Role), By: maker.Login, Created: k.Created, Ends: k.Ends, Used: k.Used, Revoked: k.Revoked}
	if has := Role(maker.Role); !has.covers(t.Role) {
		t.Role = has
	}
	return t
}

// bearer is the token in an Authorization header (RFC 6750); ok is false where there is none of ours.
func bearer(header string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	token = strings.Trim(token, " ")
	code, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok || len(code) != tokenDigits || strings.Trim(code, crockford.Digits) != "" {
		return "", false
	}
	return token, true
}
