// Package portal is the recruiter's web pages, made on the server and complete
// without JavaScript. They show what is stored and verified; nothing is measured,
// taken in or sealed here.
package portal

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/advice"
	"linecheck/report/verify"
)

// Prefix is where the look-up page is; the QR code of a report leads below it.
const Prefix = "/r/"

// Store finds reports by their digests.
type Store interface {
	Between(ctx context.Context, first, last string) ([]store.Stored, error)
}

// Portal serves the pages. Make it with [New].
type Portal struct {
	trust   func() (verify.Trust, error)
	store   Store
	log     *slog.Logger
	words   *advice.Catalogue
	lookup  *template.Template
	style   []byte
	visitor *visitors
}

// New makes the pages. trust is the trust file as it stands.
func New(trust func() (verify.Trust, error), s Store, log *slog.Logger) (*Portal, error) {
	p := &Portal{trust: trust, store: s, log: log, visitor: newVisitors()}
	text, err := assets.Locale("en")
	if err != nil {
		return nil, err
	}
	if p.words, err = advice.Parse(text); err != nil {
		return nil, err
	}
	if p.style, err = assets.Web("lookup.css"); err != nil {
		return nil, err
	}
	page, err := assets.Web("lookup.html")
	if err != nil {
		return nil, err
	}
	p.lookup, err = template.New("lookup").Funcs(template.FuncMap{"word": p.words.Name}).Parse(string(page))
	if err != nil {
		return nil, fmt.Errorf("lookup.html: %w", err)
	}
	return p, nil
}

// Handler serves everything below [Prefix].
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"{code}", p.showLookup)
	mux.HandleFunc("GET "+Prefix+"{$}", p.showLookup)
	mux.HandleFunc("GET "+Prefix+"style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(p.style)
	})
	return mux
}

// render writes a page, whole or not at all.
func (p *Portal) render(w http.ResponseWriter, status int, t *template.Template, data any) {
	var page bytes.Buffer
	if err := t.Execute(&page, data); err != nil {
		p.log.Error("a page could not be made", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

// address is where a request comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
