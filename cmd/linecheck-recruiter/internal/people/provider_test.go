package people

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	clientID     = "linecheck"
	clientSecret = "not to be told"
)

// provider is a small sign-in service that speaks OpenID Connect over TLS.
type provider struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	away   atomic.Bool // it answers nothing but 503
	grants map[string]grant
}

// grant is what a code is worth, once.
type grant struct {
	challenge, redirect, answer string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, grants: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.away.Load() {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// token gives the identity for a code: once, to the client, and to whoever began the sign-in.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if unescaped, err := url.QueryUnescape(secret); err == nil {
		secret = unescaped
	}
	g, ok := p.grants[r.PostFormValue("code")]
	delete(p.grants, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || id != clientID || secret != clientSecret || r.PostFormValue("redirect_uri") != g.redirect ||
		g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	got := map[string]any{"access_token": "a", "token_type": "Bearer"}
	if g.answer != "" {
		got["id_token"] = g.answer
	}
	answer(w, got)
}

// identity is what the service says of somebody who agreed at the address that they were sent to.
func (p *provider) identity(address *url.URL, claims map[string]any) map[string]any {
	all := map[string]any{
		"iss": p.URL, "aud": clientID, "sub": "0815", "email": "Ana@jobs.example", "email_verified": true,
		"iat": noon().Unix(), "exp": noon().Add(time.Minute).Unix(), "nonce": address.Query().Get("nonce"),
	}
	maps.Copy(all, claims)
	return all
}

// agree is the address' query that the service sends a person back with; answered is the identity they have then.
func (p *provider) agree(t testing.TB, address *url.URL, answered string) url.Values {
	t.Helper()
	q := address.Query()
	if q.Get("client_id") != clientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 20 ||
		len(q.Get("nonce")) < 20 || q.Get("scope") != "openid email" || q.Get("redirect_uri") != "https://jobs.example:8443/portal/oidc" || address.Path != "/authorize" {
		t.Errorf("sent to %s", address)
	}
	code := rand.Text()
	p.grants[code] = grant{challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri"), answer: answered}
	return url.Values{"code": {code}, "state": {q.Get("state")}}
}

// signed is an identity, signed by a key.
func signed(t testing.TB, claims map[string]any, alg jose.SignatureAlgorithm, key any) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "one"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := done.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

// unsigned is an identity that says itself that it has no signature.
func unsigned(t testing.TB, claims map[string]any) string {
	t.Helper()
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	part := base64.RawURLEncoding.EncodeToString
	return strings.Join([]string{part([]byte(`{"alg":"none","kid":"one"}`)), part(text), ""}, ".")
}
