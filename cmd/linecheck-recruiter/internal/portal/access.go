package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// pageFunc answers a request of somebody who has signed in. An error is told as a page.
type pageFunc func(w http.ResponseWriter, r *http.Request, who people.Person) error

// only lets those through who have signed in and have the right. Others are led to the
// door, and come back from there to where they wanted to go.
func (p *Portal) only(right people.Right, serve pageFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := p.People.Current(r.Context())
		if !ok {
			to := Prefix + "sign-in"
			if r.Method == http.MethodGet && r.URL.RequestURI() != Prefix {
				to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		if !who.Role.May(right) {
			p.problem(w, r, http.StatusForbidden, "problem.right")
			return
		}
		err := readForm(r)
		if err == nil {
			err = serve(w, r, who)
		}
		p.fail(w, r, err)
	})
}

// wrong is an error that the person at the browser is told of: a status and a text's key.
type wrong struct {
	status int
	key    string
	blanks []string
}

func (e *wrong) Error() string { return e.key }

func bad(key string, blanks ...string) error { return &wrong{http.StatusBadRequest, key, blanks} }

// fail answers with what went wrong; nil answers nothing.
func (p *Portal) fail(w http.ResponseWriter, r *http.Request, err error) {
	var told *wrong
	var large *http.MaxBytesError
	switch {
	case err == nil:
	case errors.As(err, &told):
		p.show(w, r, told.status, "problem", page{Title: p.texts.say("problem.title"), Problem: p.texts.say(told.key, told.blanks...)})
	case errors.As(err, &large):
		p.problem(w, r, http.StatusRequestEntityTooLarge, "problem.large")
	case errors.Is(err, store.ErrUnknown):
		p.problem(w, r, http.StatusNotFound, "problem.report")
	case errors.Is(err, store.ErrNoInvite):
		p.problem(w, r, http.StatusNotFound, "problem.invite")
	default:
		p.Log.Error("a page failed", "error", err)
		p.problem(w, r, http.StatusInternalServerError, "problem.failed")
	}
}

func (p *Portal) problem(w http.ResponseWriter, r *http.Request, status int, key string) {
	p.show(w, r, status, "problem", page{Title: p.texts.say("problem.title"), Problem: p.texts.say(key)})
}

// largestForm bounds what a browser may send, in bytes: a report in its largest coat, or a table of invites, and a little more.
const largestForm = 6 << 20

func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largestForm)
		next.ServeHTTP(w, r)
	})
}

// inMemory is how much of a form is kept in memory; what is larger waits on disk while it is read.
const inMemory = 1 << 20

// readForm reads the form and the query of a request, which are in r.Form then. A form that is none is the sender's fault.
func readForm(r *http.Request) error {
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(inMemory)
	}
	var large *http.MaxBytesError
	if err == nil || errors.Is(err, http.ErrNotMultipart) {
		return nil
	}
	if errors.As(err, &large) {
		return err
	}
	return bad("problem.form")
}

// done leads back to a page, which says what was done.
func done(w http.ResponseWriter, r *http.Request, address, what string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("done", what)
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}

// note writes what somebody did into the audit log. It is done already: that they have gone away meanwhile hides nothing.
func (p *Portal) note(r *http.Request, who people.Person, what, subject, detail string) error {
	return p.Store.Note(context.WithoutCancel(r.Context()), store.Act{Time: p.now(), Who: who.Login, What: what, Subject: subject, Detail: detail})
}
