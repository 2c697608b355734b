package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// CallbackPath is where the sign-in service sends people back to; it must know this address below the server's.
const CallbackPath = "/portal/oidc"

// ErrProvider: the sign-in service did not answer, or not as it should. What it was stands in the server's log.
var ErrProvider = errors.New("the sign-in service gave no good answer: try again later")

// ErrState: the sign-in was not begun in this visit, or it was finished already.
var ErrState = errors.New("this sign-in was not begun here, or long ago: begin again")

// ErrStranger: nobody was added by that e-mail address.
var ErrStranger = errors.New("nobody was added here with your verified e-mail address: ask an admin")

const (
	// providerWait bounds how long the sign-in service may take for one answer.
	providerWait = 10 * time.Second
	// begunKey is where a visit holds the sign-in that was begun.
	begunKey = "oidc"
	// longestLogged bounds what is logged of what the sign-in service said, in bytes.
	longestLogged = 500
)

// OIDC signs people in through a service that speaks OpenID Connect. Its methods may be called from any goroutine.
type OIDC struct {
	people *People
	issuer string
	config oauth2.Config
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until the service answered
}

// NewOIDC is the sign-in service at issuer, an https address, which knows us by client id
// and secret. A service that does not answer now is asked again when somebody signs in. Where
// the context has an HTTP client ([oidc.ClientContext]) the service is asked through it.
func NewOIDC(ctx context.Context, issuer, clientID, clientSecret string, p *People) (*OIDC, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not the https address of a sign-in service", issuer)
	}
	if clientID == "" || clientSecret == "" {
		return nil, errors.New("the sign-in service knows a server by a client id and a secret: both are needed")
	}
	o := &OIDC{people: p, issuer: issuer, client: &http.Client{Timeout: providerWait}, config: oauth2.Config{
		ClientID: clientID, ClientSecret: clientSecret, RedirectURL: p.origin.JoinPath(CallbackPath).String(), Scopes: []string{oidc.ScopeOpenID, "email"},
	}}
	if c, ok := ctx.Value(oauth2.HTTPClient).(*http.Client); ok {
		o.client = c
	}
	_, _, _ = o.service(ctx) // what was wrong is logged
	return o, nil
}

// service is how to speak to the service, once it answered.
func (o *OIDC) service(ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	c := o.config
	o.mu.Lock()
	p := o.provider
	o.mu.Unlock()
	if p == nil {
		var err error
		if p, err = oidc.NewProvider(oidc.ClientContext(ctx, o.client), o.issuer); err != nil {
			return nil, c, o.failed("does not answer", err)
		}
		o.mu.Lock()
		o.provider = p // the same, where several asked at once
		o.mu.Unlock()
	}
	c.Endpoint = p.Endpoint()
	return p, c, nil
}

// failed logs what went wrong with the service, and is what people are told of it.
func (o *OIDC) failed(what string, err error) error {
	said := err.Error()
	o.people.log.Warn("the sign-in service "+what, "issuer", o.issuer, "error", said[:min(len(said), longestLogged)])
	return ErrProvider
}

// Begin is the address to send the browser to. Errors are [ErrProvider].
func (o *OIDC) Begin(ctx context.Context) (address string, err error) {
	_, c, err := o.service(ctx)
	if err != nil {
		return "", err
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	o.people.visits.Put(ctx, begunKey, strings.Join([]string{state, nonce, verifier}, " "))
	return c.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Finish is who came back from the service, with what it put into the address. Each
// sign-in that was begun is finished once. Errors are [ErrState], [ErrProvider] and [ErrStranger].
func (o *OIDC) Finish(ctx context.Context, query url.Values, now time.Time) (Person, error) {
	begun := strings.Fields(o.people.visits.PopString(ctx, begunKey))
	if len(begun) != 3 || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(begun[0])) != 1 {
		return Person{}, ErrState
	}
	if said := query.Get("error"); said != "" {
		return Person{}, o.failed("refuses", fmt.Errorf("%q", said))
	}
	token, err := o.exchange(ctx, query.Get("code"), begun[2], now)
	if err != nil {
		return Person{}, err
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(begun[1])) != 1 {
		return Person{}, o.failed("gave no good answer", errors.New("the nonce is another"))
	}
	return o.find(ctx, token)
}

// exchange gets the identity for a code, and verifies it.
func (o *OIDC) exchange(ctx context.Context, code, verifier string, now time.Time) (*oidc.IDToken, error) {
	provider, c, err := o.service(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, o.client)
	got, err := c.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, o.failed("gives nothing for a code", err)
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok {
		return nil, o.failed("gave no good answer", errors.New("there is no identity in it"))
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: c.ClientID, Now: func() time.Time { return now }}).Verify(ctx, raw)
	if err != nil {
		return nil, o.failed("gave no good answer", err)
	}
	return token, nil
}

// find is the person of an identity. The first time it is who was added with the same
// e-mail address, where the service has verified that it is theirs; from then on the
// service's own name for them counts, whatever their address is.
func (o *OIDC) find(ctx context.Context, token *oidc.IDToken) (Person, error) {
	subject := o.issuer + " " + token.Subject
	s, err := o.people.store.PersonBySubject(ctx, subject)
	if errors.Is(err, store.ErrNoPerson) {
		s, err = o.bind(ctx, token, subject)
	}
	if err == nil && !s.Disabled.IsZero() {
		err = ErrStranger
	}
	if err != nil {
		return Person{}, err
	}
	return personOf(s), nil
}

// bind finds a person by the e-mail address of an identity, and makes the identity theirs.
func (o *OIDC) bind(ctx context.Context, token *oidc.IDToken, subject string) (store.Person, error) {
	var claims struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"`
	}
	if err := token.Claims(&claims); err != nil {
		return store.Person{}, o.failed("gave no good answer", err)
	}
	login := foldLogin(claims.Email)
	if verified := claims.Verified == true || claims.Verified == "true"; login == "" || !verified { // some services write the word
		return store.Person{}, ErrStranger
	}
	s, err := o.people.store.PersonByLogin(ctx, login)
	if err == nil {
		s, err = o.people.store.ChangePerson(ctx, s.ID, func(s *store.Person, _ []store.Person) error {
			if !s.Disabled.IsZero() || s.Subject != "" && s.Subject != subject {
				return ErrStranger
			}
			s.Subject = subject
			s.Setup, s.SetupEnds = "", time.Time{} // they need no link any more
			if s.Password == "" {
				s.TOTP = ""
			}
			return nil
		})
	}
	if errors.Is(err, store.ErrNoPerson) {
		err = ErrStranger
	}
	return s, err
}
