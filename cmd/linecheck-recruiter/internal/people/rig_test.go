package people

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"linecheck/cmd/internal/pgtest"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

var postgres pgtest.Server

func TestMain(m *testing.M) { postgres.Main(m) }

const (
	tenant   = "0123456789abcdef"
	password = "correct horse battery"
	home     = "192.0.2.7:1234"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func origin() *url.URL { return &url.URL{Scheme: "https", Host: "jobs.example:8443"} }

func tenantOf(t testing.TB, s *store.Store, err error) *store.Tenant {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tt, err := s.Tenant(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return tt
}

// eachDatabase runs a test on both databases. Each call of open is one more server on the same one.
func eachDatabase(t *testing.T, test func(t *testing.T, open func() *People)) {
	t.Run("sqlite", func(t *testing.T) {
		s, err := store.Open(t.TempDir())
		tt := tenantOf(t, s, err)
		test(t, func() *People { return New(tt, origin(), slog.New(slog.DiscardHandler)) })
	})
	t.Run("postgres", func(t *testing.T) {
		address := postgres.Database(t)
		test(t, func() *People {
			s, err := store.Connect(t.Context(), address)
			return New(tenantOf(t, s, err), origin(), slog.New(slog.DiscardHandler))
		})
	})
}

// somePeople are an organisation's people in a database of their own.
func somePeople(t testing.TB) *People {
	t.Helper()
	s, err := store.Open(t.TempDir())
	return New(tenantOf(t, s, err), origin(), slog.New(slog.DiscardHandler))
}

// others are another organisation's people in the same database.
func others(t testing.TB, p *People) *People {
	t.Helper()
	s, err := p.store.Tenant(t.Context(), "fedcba9876543210")
	if err != nil {
		t.Fatal(err)
	}
	return p.Beside(s, &url.URL{Scheme: "https", Host: "other.example"})
}

func added(t testing.TB, p *People, login string, role Role) (code string, who Person) {
	t.Helper()
	code, who, err := p.Add(t.Context(), login, "", role, noon())
	if err != nil {
		t.Fatal(err)
	}
	return code, who
}

// account is a person with the app that shows their codes.
type account struct {
	Person
	secret string
}

// enrolled is a person who chose the password and has an app. Their setup used up the code of the step before noon.
func enrolled(t testing.TB, p *People, login string, role Role) account {
	t.Helper()
	code, _ := added(t, p, login, role)
	a := account{secret: begun(t, p, code)}
	var err error
	if a.Person, err = p.FinishSetup(t.Context(), code, password, a.code(t, -1), noon()); err != nil {
		t.Fatal(err)
	}
	return a
}

// begun is the secret that a one-time link gives to an app.
func begun(t testing.TB, p *People, code string) string {
	t.Helper()
	_, address, err := p.BeginSetup(t.Context(), code, noon())
	if err != nil {
		t.Fatal(err)
	}
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		t.Fatal(err)
	}
	return key.Secret()
}

// code is what the app shows so many steps after noon.
func (a account) code(t testing.TB, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(a.secret, noon().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// browser keeps the cookie between its requests.
type browser struct {
	people *People
	cookie *http.Cookie
}

// do is one request, in whose handler f runs.
func (b *browser) do(t testing.TB, f func(ctx context.Context)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/portal/", nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.people.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(r.Context()) })).ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
		if c.MaxAge < 0 {
			b.cookie = nil
		}
	}
	return w
}

// enter begins a person's visit.
func (b *browser) enter(t testing.TB, who Person) *httptest.ResponseRecorder {
	t.Helper()
	return b.do(t, func(ctx context.Context) {
		if err := b.people.Enter(ctx, who); err != nil {
			t.Error(err)
		}
	})
}

// current is who the browser's visit belongs to.
func (b *browser) current(t testing.TB) (who Person, ok bool) {
	t.Helper()
	b.do(t, func(ctx context.Context) { who, ok = b.people.Current(ctx) })
	return who, ok
}

func wants(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
