package exchange_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"linecheck/report/exchange"
)

func TestParseOrigin(t *testing.T) {
	for text, ok := range map[string]bool{
		"https://jobs.example": true, "https://jobs.example/": true, "https://127.0.0.1:8443": true, "https://[::1]:8443": true,
		"http://jobs.example": false, "jobs.example": false, "https://": false, "https://a/b": false, "https://a?b": false,
		"https://user@a": false, "": false, "https://a#b": false, "ftp://a": false, "https://a b": false,
	} {
		if _, err := exchange.ParseOrigin(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func client(t *testing.T, h http.HandlerFunc) *exchange.Client {
	t.Helper()
	srv := httptest.NewTLSServer(h)
	t.Cleanup(srv.Close)
	c, err := exchange.NewClient(srv.URL, exchange.PinOf(srv.Certificate()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Whatever else answers is told apart from our server's own no.
func TestAnswers(t *testing.T) {
	text := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		code string
	}{
		"our server's no": {text(403, `{"code":"invite.expired","message":"expired"}`), "invite.expired"},
		"a log-in page":   {text(200, "<html>please log in</html>"), exchange.ForeignAnswer},
		"a proxy's error": {text(502, "Bad Gateway"), exchange.ForeignAnswer},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://portal.example/", http.StatusFound)
		}, exchange.ForeignAnswer},
		"an error without code":  {text(500, `{"message":"x"}`), exchange.ForeignAnswer},
		"nothing":                {text(200, ""), exchange.ForeignAnswer},
		"an unfinished envelope": {text(200, `{"payloadType":"application/vnd.in-toto+json"}`), exchange.ForeignAnswer},
	} {
		_, err := client(t, c.h).Trust(t.Context())
		var said *exchange.Error
		if !errors.As(err, &said) || said.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte(strings.Repeat("x", 1<<16))); err != nil {
				return
			}
		}
	})
	if _, err := c.Trust(t.Context()); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

func TestAStopEndsARequest(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	c := client(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := c.Trust(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}

// Only the pinned certificate is trusted, and without a pin only public ones.
func TestPins(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	for name, c := range map[string]struct {
		pin  string
		want func(error) bool
	}{
		"right pin": {exchange.PinOf(srv.Certificate()), func(err error) bool { var e *exchange.Error; return errors.As(err, &e) }},
		"wrong pin": {"sha256:" + strings.Repeat("0", 64), func(err error) bool { return errors.Is(err, exchange.ErrPin) }},
		"no pin":    {"", func(err error) bool { return err != nil && strings.Contains(err.Error(), "certificate") }},
	} {
		cl, err := exchange.NewClient(srv.URL, c.pin)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cl.Trust(t.Context()); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
		cl.Close()
	}
}
