// Package people is who may use the recruiter's pages and programs: people with their
// roles, how they sign in, the visits of their browsers, and the tokens of programs. It
// says who somebody is and what they may do; it shows no page, and knows nothing of
// applicants and reports.
package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/scs/v2"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/crockford"
)

// ErrLogin: the login is none.
var ErrLogin = errors.New("a login has 1 to 200 letters, digits and signs of ASCII without spaces, best is an e-mail address")

// ErrName: the name is none.
var ErrName = errors.New("a name has 200 characters at most, on one line")

// ErrRole: there is no such role.
var ErrRole = errors.New("there is no such role")

const (
	longestLogin = 200 // bytes
	longestName  = 200 // characters
	// randomBytes is how much chance is in one-time links and tokens: 160 bits.
	randomBytes = 20
)

// Person is who may sign in.
type Person struct {
	ID int64
	// Login is how they sign in, in small letters; Name is for reading and may be empty.
	Login, Name string
	Role        Role
	// Disabled is since when they may not sign in; zero where they may.
	Disabled time.Time
	// Link is until when their one-time link counts; zero where there is none.
	Link time.Time
	// Password says that they chose a password, Provider that they signed in through the sign-in service.
	Password, Provider bool
	Created            time.Time

	generation int64
}

func personOf(s store.Person) Person {
	return Person{
		ID: s.ID, Login: s.Login, Name: s.Name, Role: Role(s.Role), Disabled: s.Disabled, Link: s.SetupEnds,
		Password: s.Password != "", Provider: s.Subject != "", Created: s.Created, generation: s.Generation,
	}
}

// May says whether the person has a right.
func (p Person) May(x Right) bool { return p.Role.May(x) }

// People are an organisation's people. Its methods may be called from any goroutine.
type People struct {
	store   *store.Tenant
	origin  *url.URL
	log     *slog.Logger
	hashing hashing
	pace    *pace
	visits  *scs.SessionManager
}

// New is the people of an organisation whose server is at origin.
func New(s *store.Tenant, origin *url.URL, log *slog.Logger) *People {
	return newPeople(s, origin, log, make(hashing, hashesAtOnce))
}

// Beside is the people of another organisation on the same server. Both hash passwords
// in the same few places, so that the memory for that does not grow with the organisations.
func (p *People) Beside(s *store.Tenant, origin *url.URL) *People {
	return newPeople(s, origin, p.log, p.hashing)
}

func newPeople(s *store.Tenant, origin *url.URL, log *slog.Logger, h hashing) *People {
	p := &People{store: s, origin: origin, log: log, hashing: h, pace: newPace()}
	p.visits = newVisits(s, log)
	return p
}

// Add adds a person, who chooses a password under a one-time link (see [SetupLink]) with
// the code that is returned. It counts for 72 hours. Errors are [ErrLogin], [ErrName], [ErrRole] and [store.ErrLoginTaken].
func (p *People) Add(ctx context.Context, login, name string, role Role, now time.Time) (setupCode string, _ Person, err error) {
	if login = foldLogin(login); login == "" {
		return "", Person{}, ErrLogin
	}
	if name, err = goodName(name); err != nil {
		return "", Person{}, err
	}
	if !role.May(See) {
		return "", Person{}, ErrRole
	}
	code, err := newCode()
	if err != nil {
		return "", Person{}, err
	}
	added, err := p.store.AddPerson(ctx, store.Person{
		Login: login, Name: name, Role: string(role), Setup: digest(code), SetupEnds: now.Add(setupLife), Created: now,
	})
	if err != nil {
		return "", Person{}, err
	}
	return code, personOf(added), nil
}

// List is everybody, by their logins.
func (p *People) List(ctx context.Context) ([]Person, error) {
	list, err := p.store.People(ctx)
	out := make([]Person, 0, len(list))
	for _, s := range list {
		out = append(out, personOf(s))
	}
	return out, err
}

// ByLogin is the person of that login; [store.ErrNoPerson] where there is none.
func (p *People) ByLogin(ctx context.Context, login string) (Person, error) {
	s, err := p.store.PersonByLogin(ctx, foldLogin(login))
	if err != nil {
		return Person{}, err
	}
	return personOf(s), nil
}

// goodName is a name as it is kept.
func goodName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > longestName || strings.ContainsFunc(name, unicode.IsControl) {
		return "", ErrName
	}
	return name, nil
}

// foldLogin is a login in the spelling that is kept: small letters. It is empty for what
// can be none. Letters beyond ASCII can be none: some of them become letters of ASCII when they are
// made small (the sign for kelvin becomes a k), and many look alike.
func foldLogin(login string) string {
	login = strings.TrimSpace(login)
	if len(login) > longestLogin || strings.ContainsFunc(login, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return strings.ToLower(login)
}

// newCode is a code that nobody guesses.
func newCode() (string, error) {
	var b [randomBytes]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return crockford.Encode(b[:]), nil
}

// digest is what is kept of a code or token.
func digest(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}
