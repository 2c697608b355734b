package people

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// guest is somebody's browser on their way through the sign-in service.
type guest struct {
	browser
	service *OIDC
}

func newService(t testing.TB, p *provider, people *People) *OIDC {
	t.Helper()
	o, err := NewOIDC(oidc.ClientContext(t.Context(), p.Client()), p.URL, clientID, clientSecret, people)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// begin is where the browser is sent.
func (g *guest) begin(t testing.TB) *url.URL {
	t.Helper()
	g.people = g.service.people
	var sent *url.URL
	g.do(t, func(ctx context.Context) {
		address, err := g.service.Begin(ctx)
		if err != nil {
			t.Error(err)
		}
		if sent, err = url.Parse(address); err != nil {
			t.Error(err)
		}
	})
	return sent
}

// finish comes back with what the service put into the address.
func (g *guest) finish(t testing.TB, query url.Values) (who Person, err error) {
	t.Helper()
	g.people = g.service.people
	g.do(t, func(ctx context.Context) { who, err = g.service.Finish(ctx, query, noon()) })
	return who, err
}

// through goes the whole way with the identity that claims make.
func (g *guest) through(t testing.TB, p *provider, claims map[string]any) (Person, error) {
	t.Helper()
	sent := g.begin(t)
	return g.finish(t, p.agree(t, sent, signed(t, p.identity(sent, claims), jose.ES256, p.key)))
}

// The first time the verified e-mail address counts, and from then on the service's name for the person.
func TestSignInByProvider(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		people, p := open(), newProvider(t)
		code, ana := added(t, people, "ana@jobs.example", Recruiter)
		added(t, people, "ben@jobs.example", Admin)
		g := &guest{service: newService(t, p, people)}
		who, err := g.through(t, p, nil)
		if err != nil || who.ID != ana.ID || !who.Provider || !who.Link.IsZero() {
			t.Fatalf("%+v %v", who, err)
		}
		g.enter(t, who)
		if now, ok := g.current(t); !ok || now != who {
			t.Errorf("%+v %v", now, ok)
		}
		_, _, err = people.BeginSetup(t.Context(), code, noon())
		wants(t, "the link that was never used", err, ErrSetup)
		for _, claims := range []map[string]any{{"email": "ben@jobs.example"}, {"email": "x@y.example", "email_verified": false}, {"email": nil}} {
			if again, err := g.through(t, p, claims); err != nil || again.ID != ana.ID {
				t.Errorf("%v: %+v %v", claims, again, err)
			}
		}
		_, err = g.through(t, p, map[string]any{"sub": "4711"})
		wants(t, "another of the same address", err, ErrStranger)
		o := others(t, people)
		added(t, o, "zoe@jobs.example", Admin)
		g.service = newService(t, p, o)
		g.service.config.RedirectURL = "https://jobs.example:8443/portal/oidc"
		_, err = g.through(t, p, nil)
		wants(t, "at another organisation", err, ErrStranger)
	})
}

func TestStrangersOfTheProvider(t *testing.T) {
	people, p := somePeople(t), newProvider(t)
	added(t, people, "ana@jobs.example", Admin)
	added(t, people, "karl@jobs.example", Admin)
	_, ben := added(t, people, "ben@jobs.example", Recruiter)
	if err := people.Disable(t.Context(), ben.ID, noon()); err != nil {
		t.Fatal(err)
	}
	g := &guest{service: newService(t, p, people)}
	for name, claims := range map[string]map[string]any{
		"nobody":                 {"email": "zoe@jobs.example"},
		"not verified":           {"email_verified": false},
		"not said whether it is": {"email_verified": nil},
		"verified, in words":     {"email_verified": "false"},
		"verified, as a number":  {"email_verified": 1},
		"no address":             {"email": ""},
		"looks like karl":        {"email": "\u212aarl@jobs.example"},
		"disabled":               {"email": "ben@jobs.example"},
	} {
		_, err := g.through(t, p, claims)
		wants(t, name, err, ErrStranger)
	}
	list, err := people.List(t.Context())
	for _, who := range list {
		if who.Provider || err != nil {
			t.Errorf("%s was bound (%v)", who.Login, err)
		}
	}
	ana, err := g.through(t, p, map[string]any{"email_verified": "true"}) // as some services write it
	if err != nil {
		t.Fatal(err)
	}
	if err := people.Disable(t.Context(), ana.ID, noon()); err != nil {
		t.Fatal(err)
	}
	_, err = g.through(t, p, nil)
	wants(t, "disabled later", err, ErrStranger)
}

// An identity that is not just as it must be is refused, and nobody is told why but the log.
func TestIdentitiesThatAreNoGood(t *testing.T) {
	people, p := somePeople(t), newProvider(t)
	var log bytes.Buffer
	people.log = slog.New(slog.NewTextHandler(&log, nil))
	added(t, people, "ana@jobs.example", Admin)
	g := &guest{service: newService(t, p, people)}
	another, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := func(claims map[string]any) string { return signed(t, claims, jose.ES256, p.key) }
	for name, c := range map[string]struct {
		claims map[string]any
		sign   func(map[string]any) string
	}{
		"another nonce":    {map[string]any{"nonce": "another"}, own},
		"no nonce":         {map[string]any{"nonce": nil}, own},
		"another audience": {map[string]any{"aud": "another"}, own},
		"no audience":      {map[string]any{"aud": nil}, own},
		"expired":          {map[string]any{"exp": noon().Add(-time.Second).Unix()}, own},
		"another issuer":   {map[string]any{"iss": "https://id.example"}, own},
		"another key":      {nil, func(claims map[string]any) string { return signed(t, claims, jose.ES256, another) }},
		"alg none":         {nil, func(claims map[string]any) string { return unsigned(t, claims) }},
		"the secret as key": {nil, func(claims map[string]any) string {
			return signed(t, claims, jose.HS256, []byte(clientSecret+clientSecret+clientSecret))
		}},
		"changed": {nil, func(claims map[string]any) string {
			part := strings.Split(own(claims), ".")
			return part[0] + "." + strings.Split(own(map[string]any{"sub": "root"}), ".")[1] + "." + part[2]
		}},
		"nonsense":    {nil, func(map[string]any) string { return "nonsense" }},
		"no identity": {nil, func(map[string]any) string { return "" }},
	} {
		log.Reset()
		sent := g.begin(t)
		query := p.agree(t, sent, c.sign(p.identity(sent, c.claims)))
		_, err := g.finish(t, query)
		wants(t, name, err, ErrProvider)
		if said := log.String(); !strings.Contains(said, "sign-in service") || strings.Contains(said, clientSecret) || strings.Contains(said, query.Get("code")) {
			t.Errorf("%s: logged is %s", name, said)
		}
		if _, ok := g.current(t); ok {
			t.Errorf("%s: signed in", name)
		}
	}
	if _, err := g.through(t, p, nil); err != nil {
		t.Error(err)
	}
}

func TestWhatWasNotBegunHere(t *testing.T) {
	people, p := somePeople(t), newProvider(t)
	added(t, people, "ana@jobs.example", Admin)
	service := newService(t, p, people)
	agreed := func(g *guest) url.Values {
		sent := g.begin(t)
		return p.agree(t, sent, signed(t, p.identity(sent, nil), jose.ES256, p.key))
	}
	g, other := &guest{service: service}, &guest{service: service}
	query := agreed(g)
	_, err := other.finish(t, query)
	wants(t, "in a browser that began nothing", err, ErrState)
	for name, state := range map[string]string{"another": rand.Text(), "none": "", "cut": query.Get("state")[1:]} {
		query = agreed(g)
		query.Set("state", state)
		_, err = g.finish(t, query)
		wants(t, name+" state", err, ErrState)
	}
	query = agreed(g)
	if _, err = g.finish(t, query); err != nil {
		t.Error(err)
	}
	_, err = g.finish(t, query)
	wants(t, "the same address again", err, ErrState)
	used := query.Get("code")
	query = agreed(g)
	query.Set("code", used)
	_, err = g.finish(t, query)
	wants(t, "a code that was used", err, ErrProvider)
	// A code that was stolen is worth nothing in a sign-in that the thief began.
	stolen := agreed(g).Get("code")
	query = agreed(other)
	query.Set("code", stolen)
	_, err = other.finish(t, query)
	wants(t, "a stolen code", err, ErrProvider)
	state := g.begin(t).Query().Get("state")
	_, err = g.finish(t, url.Values{"state": {state}, "error": {"access_denied"}})
	wants(t, "the person said no", err, ErrProvider)
}

// A service that is away when the server starts is asked again when it is needed.
func TestAProviderThatIsAway(t *testing.T) {
	people, p := somePeople(t), newProvider(t)
	added(t, people, "ana@jobs.example", Admin)
	p.away.Store(true)
	g := &guest{service: newService(t, p, people)}
	g.people = people
	g.do(t, func(ctx context.Context) {
		_, err := g.service.Begin(ctx)
		wants(t, "away", err, ErrProvider)
	})
	p.away.Store(false)
	sent := g.begin(t)
	query := p.agree(t, sent, signed(t, p.identity(sent, nil), jose.ES256, p.key))
	p.away.Store(true)
	_, err := g.finish(t, query)
	wants(t, "away again", err, ErrProvider)
	p.away.Store(false)
	if _, err := g.through(t, p, nil); err != nil {
		t.Error(err)
	}
}

func TestProvidersThatCannotBe(t *testing.T) {
	people := somePeople(t)
	for _, c := range [][3]string{
		{"", clientID, clientSecret}, {"http://id.example", clientID, clientSecret}, {"id.example", clientID, clientSecret},
		{"https://me:pw@id.example", clientID, clientSecret}, {"https://id.example?x", clientID, clientSecret},
		{"https://id.example", "", clientSecret}, {"https://id.example", clientID, ""},
	} {
		if _, err := NewOIDC(t.Context(), c[0], c[1], c[2], people); err == nil || strings.Contains(err.Error(), clientSecret) {
			t.Errorf("%q: %v", c, err)
		}
	}
}
