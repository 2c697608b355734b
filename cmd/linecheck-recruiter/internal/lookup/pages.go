// Package lookup is the pages that anybody may open. The look-up page is made on the
// server, complete without JavaScript, and shows what is stored and verified to whoever has
// the code of a printed report. The call page is a program for the browser, which measures there and tells
// the server nothing. Nothing is taken in or sealed here, and nobody signs in.
package lookup

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report/advice"
	"linecheck/report/exchange"
	"linecheck/report/verify"
)

// Prefix is where the look-up page is; the QR code of a report leads below it.
const Prefix = "/r/"

// Store finds reports by their digests.
type Store interface {
	Between(ctx context.Context, first, last string) ([]store.Stored, error)
}

// Pages serves the pages. Make it with [New].
type Pages struct {
	trust   func() (verify.Trust, error)
	store   Store
	log     *slog.Logger
	words   *advice.Catalogue
	lookup  *template.Template
	style   []byte
	call    callPage
	visitor *visitor.Limit
}

// New makes the pages. trust is the trust file as it stands.
func New(trust func() (verify.Trust, error), s Store, log *slog.Logger) (*Pages, error) {
	p := &Pages{trust: trust, store: s, log: log, visitor: visitor.New()}
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
	if p.lookup, err = p.template("lookup.html"); err != nil {
		return nil, err
	}
	if p.call, err = p.newCallPage(); err != nil {
		return nil, err
	}
	return p, nil
}

// template reads a page that takes its texts from the catalogue.
func (p *Pages) template(name string) (*template.Template, error) {
	text, err := assets.Web(name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Funcs(template.FuncMap{"word": p.words.Name}).Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// Handler serves everything below [Prefix], and the page at [exchange.CallPage].
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"{code}", p.showLookup)
	mux.HandleFunc("GET "+Prefix+"{$}", p.showLookup)
	mux.HandleFunc("GET "+Prefix+"style.css", file("text/css", p.style))
	mux.HandleFunc("GET "+exchange.CallPage, p.showCall)
	mux.HandleFunc("GET "+exchange.CallPage+"/style.css", file("text/css", p.call.style))
	mux.HandleFunc("GET "+exchange.CallPage+"/page.js", file("text/javascript", p.call.script))
	return mux
}

// file answers with what a page consists of beside itself.
func file(kind string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(content)
	}
}

// What a page may do, beside showing itself in its style.
const (
	mayAsk     = "form-action 'self'"
	mayMeasure = "script-src 'self'; connect-src 'self'; form-action 'none'"
)

// render writes a page, whole or not at all.
func (p *Pages) render(w http.ResponseWriter, status int, t *template.Template, may string, data any) {
	var page bytes.Buffer
	if err := t.Execute(&page, data); err != nil {
		p.log.Error("a page could not be made", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; "+may+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}
