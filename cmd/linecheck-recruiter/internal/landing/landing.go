// Package landing is the page of an invite, for the applicant: who asks for what, how to do it, and
// what became of the report. It is made on the server, complete without JavaScript, and the programs to
// download are served beside it. Invites are issued and reports taken in elsewhere; pages for recruiters do not come in here.
package landing

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/cmd/linecheck-recruiter/internal/words"
	"linecheck/report/crockford"
	"linecheck/report/exchange"
	"linecheck/report/verify"
)

// What the pages are below.
const (
	// Prefix is where the page of an invite is; its code follows.
	Prefix = invites.Path
	// DownloadPrefix is where the programs are; the name of a file follows.
	DownloadPrefix = "/downloads/"
)

// Config is what the pages need.
type Config struct {
	// Trust is the trust file as it stands.
	Trust func() (verify.Trust, error)
	Store *store.Tenant
	// Origin is where the server is reached, as "https://jobs.example".
	Origin *url.URL
	// Downloads is the folder of the programs that applicants may download. It need not be there.
	Downloads string
	Log       *slog.Logger
}

// Pages are the pages of one organisation's invites. Make them with [New].
type Pages struct {
	Config
	words   *words.Words
	page    *template.Template
	style   []byte
	visitor *visitor.Limit
	now     func() time.Time
}

// New makes the pages.
func New(c Config) (*Pages, error) {
	p := &Pages{Config: c, visitor: visitor.New(), now: time.Now}
	var err error
	if p.words, err = words.Load(); err != nil {
		return nil, err
	}
	if p.style, err = assets.Web("landing.css"); err != nil {
		return nil, err
	}
	text, err := assets.Web("landing.html")
	if err != nil {
		return nil, err
	}
	if p.page, err = template.New("landing").Parse(string(text)); err != nil {
		return nil, fmt.Errorf("landing.html: %w", err)
	}
	return p, nil
}

// Handler serves everything below [Prefix] and [DownloadPrefix].
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"{code}", p.forInvite(p.show))
	mux.HandleFunc("GET "+Prefix+"{$}", p.forInvite(p.show))
	mux.HandleFunc("GET "+Prefix+"{code}/invite", p.forInvite(p.hand))
	mux.HandleFunc("POST "+Prefix+"{code}/reuse", p.forInvite(p.reuse))
	mux.HandleFunc("GET "+Prefix+"style.css", p.showStyle)
	mux.HandleFunc("GET "+DownloadPrefix+"{file}", p.download)
	// Browsers say of every request whether it comes from a page of this server.
	return http.NewCrossOriginProtection().Handler(mux)
}

// largestForm bounds what is read of a form, in bytes.
const largestForm = 4 << 10

// visit is one request for an invite that there is.
type visit struct {
	*http.Request
	words.Speaker
	invite store.Coded
	code   string
	now    time.Time
}

// forInvite finds the invite of a code in the path. Whatever is wrong with a code has one answer, made
// in the same way, so that nothing is learned by guessing; and guessing is slowed down.
func (p *Pages) forInvite(f func(http.ResponseWriter, visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largestForm)
		v := visit{Request: r, code: crockford.Plain(r.PathValue("code")), now: p.now()}
		v.Speaker = p.speaker(r, "")
		if !p.visitor.Allow(r, v.now) {
			w.Header().Set("Retry-After", "60")
			p.tell(w, v, http.StatusTooManyRequests, "often")
			return
		}
		var err error
		v.invite, err = p.Store.InviteOf(r.Context(), exchange.CodeDigest(v.code))
		if errors.Is(err, store.ErrNoInvite) {
			p.tell(w, v, http.StatusNotFound, "unknown")
			return
		}
		if err == nil {
			v.Speaker = p.speaker(r, v.invite.Language)
			err = f(w, v)
		}
		if err != nil {
			p.Log.Error("the page of an invite", "error", err)
			p.tell(w, v, http.StatusInternalServerError, "failed")
		}
	}
}

// langQuery is the query by which a visitor chooses a language.
const langQuery = "lang"

// speaker speaks the language that was chosen on the page, else the invite's, else what the browser asks for.
func (p *Pages) speaker(r *http.Request, invite string) words.Speaker {
	return p.words.In(p.words.Best(r.Header.Get("Accept-Language"), r.URL.Query().Get(langQuery), invite))
}

// show answers with the page of an invite.
func (p *Pages) show(w http.ResponseWriter, v visit) error {
	s, err := p.stateOf(v)
	if err != nil {
		return err
	}
	body, err := p.body(v, s)
	if err != nil {
		return err
	}
	// Opened means that somebody or something fetched the page. That may have been a mail scanner, or a
	// preview of the message: it proves no reader. Scanners that just ask whether the page is there (HEAD) do not count.
	if v.Method == http.MethodGet && v.invite.Opened.IsZero() {
		if err := p.Store.Opened(v.Context(), v.invite.ID, v.now); err != nil {
			p.Log.Error("note that an invite was opened", "error", err)
		}
	}
	p.render(w, http.StatusOK, body)
	return nil
}

// hand answers with the invite as a file, for the program's window.
func (p *Pages) hand(w http.ResponseWriter, v visit) error {
	s, err := p.stateOf(v)
	if err != nil {
		return err
	}
	if !s.usable { // the page says why
		guarded(w.Header())
		http.Redirect(w, v.Request, Prefix+v.code, http.StatusSeeOther)
		return nil
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="invite.linecheck"`)
	guarded(h)
	_, _ = w.Write(v.invite.Sealed)
	return nil
}

// tell answers with a page of a title and a text alone.
func (p *Pages) tell(w http.ResponseWriter, v visit, status int, what string) {
	p.render(w, status, body{frame: p.frame(v), Head: v.Word("landing." + what + ".title"), Texts: []string{v.Word("landing." + what + ".text")}, Tone: "bad"})
}

func (p *Pages) showStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(p.style)
}

// guarded keeps what is secret in an answer and its address from going anywhere else.
func guarded(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

// render writes a page, whole or not at all.
func (p *Pages) render(w http.ResponseWriter, status int, b body) {
	var page bytes.Buffer
	if err := p.page.Execute(&page, b); err != nil {
		p.Log.Error("a page could not be made", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	guarded(h)
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}
