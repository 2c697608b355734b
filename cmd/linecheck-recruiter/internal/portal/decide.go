package portal

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// longestNote bounds what is written beside a decision, in bytes.
const longestNote = 2000

// noteOf reads a text that a person typed.
func noteOf(r *http.Request, name string) (string, error) {
	s := strings.TrimSpace(strings.ReplaceAll(r.FormValue(name), "\r\n", "\n"))
	if len(s) > longestNote || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", bad("problem.note")
	}
	return s, nil
}

// decide notes what a person decides about a report.
func (p *Portal) decide(w http.ResponseWriter, r *http.Request, who people.Person) error {
	digest, kind := r.PathValue("digest"), store.Decision(r.FormValue("kind"))
	if !slices.Contains(store.Decisions(), kind) {
		return bad("problem.decision")
	}
	note, err := noteOf(r, "note")
	if err != nil {
		return err
	}
	if kind != store.Accepted && note == "" {
		return bad("problem.why")
	}
	if err := p.Store.Decide(r.Context(), digest, store.Decided{Time: p.now(), Person: who.Login, Kind: kind, Note: note}); err != nil {
		return err
	}
	if err := p.note(r, who, "report.decided", digest, string(kind)); err != nil {
		return err
	}
	p.Tell("report.decided", digest)
	return done(w, r, Prefix+"reports/"+digest, "decided")
}

// erase removes one report for good.
func (p *Portal) erase(w http.ResponseWriter, r *http.Request, who people.Person) error {
	digest := r.PathValue("digest")
	if r.FormValue("sure") != "yes" {
		return bad("problem.sure")
	}
	p.Tell("report.erased", digest)
	if err := p.Store.Erase(r.Context(), digest, p.now()); err != nil && !errors.Is(err, store.ErrHeld) {
		return err
	}
	if err := p.note(r, who, "report.erased", digest, ""); err != nil {
		return err
	}
	return done(w, r, Prefix, "erased")
}

// eraseApplicant removes everything of an applicant for good.
func (p *Portal) eraseApplicant(w http.ResponseWriter, r *http.Request, who people.Person) error {
	applicant := strings.TrimSpace(r.FormValue("applicant"))
	if r.FormValue("sure") != "yes" {
		return bad("problem.sure")
	}
	history, err := p.Store.History(r.Context(), applicant)
	if err != nil {
		return err
	}
	for _, h := range history {
		p.Tell("report.erased", h.Digest)
	}
	switch _, err := p.Store.EraseApplicant(r.Context(), applicant, who.Login, p.now()); {
	case errors.Is(err, store.ErrUnknown):
		return &wrong{http.StatusNotFound, "problem.applicant", nil}
	case err != nil && !errors.Is(err, store.ErrHeld):
		return err
	}
	return done(w, r, Prefix, "erased-all")
}
