package portal

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// peoplePage is everybody who may sign in.
type peoplePage struct {
	People []people.Person
	Roles  []people.Role
	// Link is a one-time link that was just made, shown this once.
	Link string
}

func (p *Portal) showPeople(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	return p.people(w, r, "")
}

func (p *Portal) people(w http.ResponseWriter, r *http.Request, link string) error {
	list, err := p.People.List(r.Context())
	if err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "people", page{Title: p.texts.say("people.title"), Here: "people", Body: peoplePage{list, people.Roles(), link}})
	return nil
}

func (p *Portal) addPerson(w http.ResponseWriter, r *http.Request, who people.Person) error {
	code, added, err := p.People.Add(r.Context(), strings.TrimSpace(r.FormValue("login")), strings.TrimSpace(r.FormValue("name")), people.Role(r.FormValue("role")), p.now())
	switch {
	case errors.Is(err, people.ErrRole):
		return bad("problem.role")
	case errors.Is(err, people.ErrLogin), errors.Is(err, people.ErrName), errors.Is(err, store.ErrLoginTaken):
		return bad("problem.login")
	case err != nil:
		return err
	}
	if err := p.note(r, who, "person.added", added.Login, string(added.Role)); err != nil {
		return err
	}
	return p.people(w, r, people.SetupLink(p.Origin, code))
}

// changePerson changes what somebody may do, or how they come in.
func (p *Portal) changePerson(w http.ResponseWriter, r *http.Request, who people.Person) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return &wrong{http.StatusNotFound, "problem.role", nil}
	}
	do, link, detail := r.FormValue("do"), "", ""
	switch do {
	case "role":
		detail = r.FormValue("role")
		err = p.People.SetRole(r.Context(), id, people.Role(detail))
	case "disable":
		err = p.People.Disable(r.Context(), id, p.now())
	case "enable":
		err = p.People.Enable(r.Context(), id)
	case "renew":
		link, err = p.People.Renew(r.Context(), id, p.now())
	default:
		return bad("problem.role")
	}
	switch {
	case errors.Is(err, people.ErrLastAdmin):
		return bad("problem.last-admin")
	case errors.Is(err, people.ErrRole), errors.Is(err, store.ErrNoPerson):
		return bad("problem.role")
	case err != nil:
		return err
	}
	if err := p.note(r, who, "person."+do, strconv.FormatInt(id, 10), detail); err != nil {
		return err
	}
	if link != "" {
		return p.people(w, r, people.SetupLink(p.Origin, link))
	}
	return done(w, r, Prefix+"people", "person")
}

// tokensPage is the tokens of other systems.
type tokensPage struct {
	Tokens []people.Token
	Roles  []people.Role
	// Fresh is a token that was just made, shown this once.
	Fresh string
}

func (p *Portal) showTokens(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	return p.tokens(w, r, "")
}

func (p *Portal) tokens(w http.ResponseWriter, r *http.Request, fresh string) error {
	list, err := p.People.Tokens(r.Context())
	if err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "tokens", page{Title: p.texts.say("tokens.title"), Here: "tokens", Body: tokensPage{list, people.Roles(), fresh}})
	return nil
}

func (p *Portal) addToken(w http.ResponseWriter, r *http.Request, who people.Person) error {
	days, err := numberIn(r, "days", p.texts.say("tokens.days"), 1, 366)
	if err != nil {
		return err
	}
	role, now := people.Role(r.FormValue("role")), p.now()
	token, err := p.People.NewToken(r.Context(), who, strings.TrimSpace(r.FormValue("name")), role, now.AddDate(0, 0, days), now)
	switch {
	case errors.Is(err, people.ErrRights), errors.Is(err, people.ErrRole):
		return bad("problem.role")
	case errors.Is(err, people.ErrName):
		return bad("problem.login")
	case err != nil:
		return err
	}
	if err := p.note(r, who, "token.made", "", string(role)); err != nil {
		return err
	}
	return p.tokens(w, r, token)
}

func (p *Portal) revokeToken(w http.ResponseWriter, r *http.Request, who people.Person) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err == nil {
		err = p.People.RevokeToken(r.Context(), id, p.now())
	}
	if err != nil {
		return bad("problem.place")
	}
	if err := p.note(r, who, "token.revoked", strconv.FormatInt(id, 10), ""); err != nil {
		return err
	}
	return done(w, r, Prefix+"tokens", "token")
}

func (p *Portal) showSettings(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	days, err := p.Store.Setting(r.Context(), "retention.days")
	if err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "settings", page{Title: p.texts.say("settings.title"), Here: "settings", Body: struct{ Retention string }{days}})
	return nil
}

func (p *Portal) saveSettings(w http.ResponseWriter, r *http.Request, who people.Person) error {
	days := strings.TrimSpace(r.FormValue("retention"))
	if days != "" {
		if _, err := numberIn(r, "retention", p.texts.say("settings.retention"), 1, 3650); err != nil {
			return err
		}
	}
	if err := p.Store.Set(r.Context(), "retention.days", days); err != nil {
		return err
	}
	if err := p.note(r, who, "settings.retention", "", days); err != nil {
		return err
	}
	return done(w, r, Prefix+"settings", "settings")
}

// trailPage is a page of the audit log.
type trailPage struct {
	Acts []store.Act
	// Next is the act before which the next page begins; 0 where there is none.
	Next int64
}

func (p *Portal) showTrail(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	acts, err := p.Store.Trail(r.Context(), before, pageRows+1)
	if err != nil {
		return err
	}
	body := trailPage{Acts: acts}
	if len(acts) > pageRows {
		body.Acts = slices.Clip(acts[:pageRows])
		body.Next = body.Acts[pageRows-1].ID
	}
	p.show(w, r, http.StatusOK, "trail", page{Title: p.texts.say("trail.title"), Here: "trail", Body: body})
	return nil
}
