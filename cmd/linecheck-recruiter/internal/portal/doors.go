package portal

import (
	"errors"
	"net/http"
	"strings"

	"linecheck/cmd/linecheck-recruiter/internal/people"
)

// largestDoor bounds what a stranger may send, in bytes: it is in memory before it is known who they are.
const largestDoor = 16 << 10

// doors are the pages by which people come in and leave.
func (p *Portal) doors(mux *http.ServeMux) {
	at := func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, largestDoor)
			err := readForm(r)
			if err == nil {
				err = serve(w, r)
			}
			p.fail(w, r, err)
		})
	}
	at("GET /portal/sign-in", p.showSignIn)
	at("POST /portal/sign-in", p.signIn)
	at("POST /portal/sign-out", p.signOut)
	at("GET "+people.SetupPath, p.showSetup)
	at("POST "+people.SetupPath, p.setup)
	if p.OIDC != nil {
		at("POST "+people.CallbackPath+"/begin", p.elsewhere)
		at("GET "+people.CallbackPath, p.cameBack)
	}
}

// signInPage asks who somebody is.
type signInPage struct {
	Login, Next string
	// Elsewhere says that there is a sign-in service.
	Elsewhere bool
}

func (p *Portal) showSignIn(w http.ResponseWriter, r *http.Request) error {
	p.askWho(w, r, http.StatusOK, "", "", r.URL.Query().Get("next"))
	return nil
}

func (p *Portal) askWho(w http.ResponseWriter, r *http.Request, status int, problem, login, next string) {
	v := page{Title: p.texts.say("sign-in.title"), Body: signInPage{login, safeNext(next), p.OIDC != nil}}
	if problem != "" {
		v.Problem = p.texts.say(problem)
	}
	p.show(w, r, status, "sign-in", v)
}

// safeNext is where to go after signing in: a page of the portal, and never another site.
func safeNext(next string) string {
	if !strings.HasPrefix(next, Prefix) || strings.ContainsAny(next, "\\\r\n\t") || strings.Contains(next, "//") || strings.HasPrefix(next, Prefix+"sign-") {
		return Prefix
	}
	return next
}

func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) error {
	login, next := strings.TrimSpace(r.PostFormValue("login")), r.PostFormValue("next")
	who, err := p.People.SignIn(r.Context(), login, r.PostFormValue("password"), r.PostFormValue("code"), r.RemoteAddr, p.now())
	switch {
	case errors.Is(err, people.ErrWrong):
		p.askWho(w, r, http.StatusUnauthorized, "sign-in.wrong", login, next)
		return nil
	case errors.Is(err, people.ErrOften):
		w.Header().Set("Retry-After", "60")
		p.askWho(w, r, http.StatusTooManyRequests, "sign-in.often", login, next)
		return nil
	case err != nil:
		return err
	}
	return p.enter(w, r, who, next)
}

func (p *Portal) enter(w http.ResponseWriter, r *http.Request, who people.Person, next string) error {
	if err := p.People.Enter(r.Context(), who); err != nil {
		return err
	}
	if err := p.note(r, who, "person.signed-in", who.Login, ""); err != nil {
		return err
	}
	http.Redirect(w, r, safeNext(next), http.StatusSeeOther)
	return nil
}

func (p *Portal) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := p.People.Leave(r.Context()); err != nil {
		return err
	}
	return done(w, r, Prefix+"sign-in", "signed-out")
}

// elsewhere sends somebody to the sign-in service.
func (p *Portal) elsewhere(w http.ResponseWriter, r *http.Request) error {
	if !p.begun.Allow(r, p.now()) { // each keeps something for half an hour
		p.askWho(w, r, http.StatusTooManyRequests, "sign-in.often", "", "")
		return nil
	}
	address, err := p.OIDC.Begin(r.Context())
	if err != nil {
		p.askWho(w, r, http.StatusBadGateway, "sign-in.trouble", "", "")
		return nil
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// cameBack is where the sign-in service sends somebody back to.
func (p *Portal) cameBack(w http.ResponseWriter, r *http.Request) error {
	who, err := p.OIDC.Finish(r.Context(), r.URL.Query(), p.now())
	switch {
	case errors.Is(err, people.ErrStranger):
		p.askWho(w, r, http.StatusForbidden, "sign-in.stranger", "", "")
		return nil
	case err != nil:
		p.askWho(w, r, http.StatusBadGateway, "sign-in.trouble", "", "")
		return nil
	}
	return p.enter(w, r, who, Prefix)
}
