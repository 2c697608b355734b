package lookup

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/verify"
)

// shelf is a store at the edge: what it holds, or why it fails.
type shelf struct {
	list []store.Stored
	err  error
}

func (s shelf) Between(context.Context, string, string) ([]store.Stored, error) { return s.list, s.err }

func get(t *testing.T, p *Pages, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func portal(t *testing.T, s Store) *Pages {
	t.Helper()
	p, err := New(func() (verify.Trust, error) { return verify.Trust{}, nil }, s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLookupSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		store  Store
		path   string
		status int
		says   string
	}{
		"the form":         {shelf{}, "/r/", 200, "Look-up code of a printed"},
		"unknown":          {shelf{}, "/r/9RXE2R7X4D", 404, "received no report"},
		"typed":            {shelf{}, "/r/?code=9rxe2-r7x4d", 404, "received no report"},
		"too short":        {shelf{}, "/r/9RXE2", 400, "no look-up code"},
		"not of its signs": {shelf{}, "/r/9RXE2-R7X4U", 400, "no look-up code"},
		"html":             {shelf{}, "/r/?code=%3Cscript%3Ealert(1)", 400, "&lt;script&gt;"},
		"10 kB":            {shelf{}, "/r/?code=" + strings.Repeat("A", 10_000), 400, "no look-up code"},
		"database away":    {shelf{err: errors.New("away")}, "/r/9RXE2R7X4D", 500, "could not look it up"},
		"a damaged row":    {shelf{list: []store.Stored{{Bundle: []byte("x")}}}, "/r/9RXE2R7X4D", 200, "could not look it up"},
	} {
		w := get(t, portal(t, c.store), c.path)
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "<script") || len(body) > 5000 {
			t.Errorf("%s: %d\n%.2000s", name, w.Code, body)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", name, csp)
		}
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	p := portal(t, shelf{})
	first := get(t, p, "/r/9RXE2R7X4D")
	w := first
	for i := 0; w.Code == 404 && i < 100; i++ {
		w = get(t, p, "/r/9RXE2R7X4D")
	}
	if first.Code != 404 || w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d, then %d", first.Code, w.Code)
	}
	if w := get(t, p, "/r/"); w.Code != 200 {
		t.Errorf("the form itself: %d", w.Code)
	}
}

func TestStyle(t *testing.T) {
	if w := get(t, portal(t, shelf{}), "/r/style.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// The call page runs its own program and nothing else, and every text that the program asks for is there.
func TestCallPage(t *testing.T) {
	p := portal(t, shelf{})
	w := get(t, p, "/webrtc")
	for header, want := range map[string]string{
		"Content-Type":            "text/html",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
		"Cache-Control":           "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(header); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", header, got)
		}
	}
	body := w.Body.String()
	if w.Code != 200 || strings.Contains(body, "callpage.") {
		t.Errorf("%d, or a text is missing\n%s", w.Code, body)
	}
	script := get(t, p, "/webrtc/page.js")
	if !strings.HasPrefix(script.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("%v", script.Header())
	}
	said := regexp.MustCompile(`(?:say|Trouble)\("([a-z-]+)"|"(no-token|bad-token|no-webrtc|closed|alone|mixed|agree|browser|program|interval|interval-program)"`).FindAllStringSubmatch(script.Body.String(), -1)
	if len(said) < 20 {
		t.Errorf("only %d texts are asked for: the test looks in the wrong place", len(said))
	}
	for _, m := range said {
		if key := m[1] + m[2]; p.call.shown.Words[key] == "" {
			t.Errorf("%s%s has no text", sayPrefix, key)
		}
	}
	if w := get(t, p, "/webrtc/style.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	post := httptest.NewRecorder()
	p.Handler().ServeHTTP(post, httptest.NewRequest(http.MethodPost, "/webrtc", nil))
	if post.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered %d", post.Code)
	}
}
