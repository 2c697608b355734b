package portal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/words"
	"linecheck/report/advice"
	"linecheck/report/exchange"
	"linecheck/report/render"
)

// invitesPage is the list of invites.
type invitesPage struct {
	Rows             []store.Invite
	States           []store.InviteState
	State, Applicant string
	Now              time.Time
	Next             string
	MayInvite        bool
}

func (p *Portal) showInvites(w http.ResponseWriter, r *http.Request, who people.Person) error {
	v := r.URL.Query()
	body := invitesPage{States: store.InviteStates(), State: v.Get("state"), Applicant: v.Get("applicant"), Now: p.now(), MayInvite: who.May(people.Invite)}
	rows, next, err := p.Store.Invites(r.Context(), store.InviteState(body.State), body.Applicant, v.Get("after"), pageRows, body.Now)
	if errors.Is(err, store.ErrPlace) {
		return bad("problem.place")
	}
	if err != nil {
		return err
	}
	body.Rows = rows
	if next != "" {
		body.Next = Prefix + "invites?" + url.Values{"state": {body.State}, "applicant": {body.Applicant}, "after": {next}}.Encode()
	}
	p.show(w, r, http.StatusOK, "invites", page{Title: p.texts.say("invites.title"), Here: "invites", Body: body})
	return nil
}

// invitePage is one invite.
type invitePage struct {
	Invite  store.Invite
	State   store.InviteState
	Coded   bool
	Reports []store.Row
	// Reused is a report from elsewhere that serves here, since Since; its digest is empty where there is none.
	Reused              store.Row
	Since               time.Time
	MayInvite, MayErase bool
}

func (p *Portal) showInvite(w http.ResponseWriter, r *http.Request, who people.Person) error {
	inv, err := p.Store.InviteByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	body := invitePage{Invite: inv, State: inv.State(p.now()), MayInvite: who.May(people.Invite), MayErase: who.May(people.Erase)}
	if body.Coded, err = p.Store.HasCode(r.Context(), inv.ID); err != nil {
		return err
	}
	if body.Reports, err = p.Store.UnderInvite(r.Context(), inv.ID); err != nil {
		return err
	}
	if body.Reused, body.Since, err = p.Store.Reused(r.Context(), inv.ID); err != nil && !errors.Is(err, store.ErrUnknown) {
		return err
	}
	p.show(w, r, http.StatusOK, "invite", page{Title: p.texts.say("invite.title", "applicant", render.Clean(inv.Applicant)), Here: "invites", Body: body})
	return nil
}

// newInvitePage asks what to invite to.
type newInvitePage struct {
	Form      url.Values
	Languages []advice.Language
	Policies  []store.Policy
}

func (p *Portal) showNewInvite(w http.ResponseWriter, r *http.Request, _ people.Person) error {
	return p.askInvite(w, r, http.StatusOK, "")
}

func (p *Portal) askInvite(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	if err := p.seed(r); err != nil {
		return err
	}
	body := newInvitePage{Form: r.Form}
	if body.Form == nil {
		body.Form = url.Values{}
	}
	var err error
	if body.Languages, err = words.Languages(); err != nil {
		return err
	}
	if body.Policies, err = p.Store.Policies(r.Context()); err != nil {
		return err
	}
	p.show(w, r, status, "new-invite", page{Title: p.texts.say("new.title"), Here: "invites", Problem: problem, Body: body})
	return nil
}

// wish is what a form asks for.
func (p *Portal) wish(r *http.Request) (w invites.Wish, err error) {
	w = invites.Wish{Applicant: r.FormValue("applicant"), Name: r.FormValue("name"), Role: r.FormValue("role"), Region: r.FormValue("region"), Language: r.FormValue("language"),
		LegalName: r.FormValue("legal_name") != "", Voice: r.FormValue("voice") != ""}
	days, err := numberIn(r, "days", p.texts.say("new.days"), 1, 366)
	if err != nil {
		return w, err
	}
	w.Life = time.Duration(days) * 24 * time.Hour
	if w.Runs, err = numberIn(r, "runs", p.texts.say("invites.runs"), 1, 100); err != nil {
		return w, err
	}
	if w.Program, err = invites.ParseProgram(r.FormValue("program"), r.FormValue("program_link")); err != nil {
		return w, bad("problem.wish", "why", err.Error())
	}
	by, err := p.Store.PolicyOf(r.Context(), r.FormValue("policy"))
	if err != nil {
		return w, &wrong{http.StatusNotFound, "problem.policy", nil}
	}
	w.PolicyText = by.Text
	return w, nil
}

func numberIn(r *http.Request, field, name string, least, most int) (int, error) {
	n, err := strconv.Atoi(r.FormValue(field))
	if err != nil || n < least || n > most {
		return 0, bad("problem.number", "name", name, "least", strconv.Itoa(least), "most", strconv.Itoa(most))
	}
	return n, nil
}

// issuedPage is invites with their links, shown this once.
type issuedPage struct {
	Issued []invites.Issued
	Pinned bool
}

// invite makes one invite and shows its link, this once.
func (p *Portal) invite(w http.ResponseWriter, r *http.Request, who people.Person) error {
	wish, err := p.wish(r)
	if err != nil {
		return err
	}
	issued, err := p.Invites.Issue(r.Context(), []invites.Wish{wish}, p.now())
	var why *invites.Problem
	if errors.As(err, &why) {
		return p.askInvite(w, r, http.StatusBadRequest, p.texts.say("problem.wish", "why", why.Error()))
	}
	if err != nil {
		return err
	}
	if err := p.note(r, who, "invite.issued", issued[0].ID, ""); err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "issued", page{Title: p.texts.say("issued.title"), Here: "invites", Body: issuedPage{issued, p.Pinned}})
	return nil
}

// inviteMany makes an invite for each row of a table, and answers with a table of links.
func (p *Portal) inviteMany(w http.ResponseWriter, r *http.Request, who people.Person) error {
	table, err := uploaded(r, "file", invites.MaxTable)
	if err != nil {
		return err
	}
	defaults, err := p.wish(r)
	if err != nil {
		return err
	}
	wishes, err := invites.ReadCSV(bytes.NewReader(table), defaults)
	var issued []invites.Issued
	if err == nil {
		issued, err = p.Invites.Issue(r.Context(), wishes, p.now())
	}
	var why *invites.Problem
	if errors.As(err, &why) {
		return p.askInvite(w, r, http.StatusBadRequest, p.texts.say("problem.file", "why", why.Error()))
	}
	if err != nil {
		return err
	}
	if err := p.note(r, who, "invite.issued", "", strconv.Itoa(len(issued))); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="linecheck-invites.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	return invites.WriteCSV(w, issued)
}

// revoke ends an invite.
func (p *Portal) revoke(w http.ResponseWriter, r *http.Request, who people.Person) error {
	id := r.PathValue("id")
	if err := p.Store.Revoke(r.Context(), id, p.now()); err != nil {
		return err
	}
	if err := p.note(r, who, "invite.revoked", id, ""); err != nil {
		return err
	}
	return done(w, r, Prefix+"invites/"+id, "revoked")
}

// newCode gives an invite another code and shows it, this once.
func (p *Portal) newCode(w http.ResponseWriter, r *http.Request, who people.Person) error {
	inv, err := p.Store.InviteByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	code, err := exchange.NewInviteCode(rand.Reader)
	if err != nil {
		return err
	}
	if err := p.Store.Recode(r.Context(), inv.ID, exchange.CodeDigest(code)); err != nil {
		return err
	}
	if err := p.note(r, who, "invite.recoded", inv.ID, ""); err != nil {
		return err
	}
	issued := invites.Issued{Wish: invites.Wish{Applicant: inv.Applicant}, Ends: inv.Ends, Web: p.Origin.String() + invites.Path + code, Typed: exchange.InviteAddress(p.Origin.String(), code)}
	p.show(w, r, http.StatusOK, "issued", page{Title: p.texts.say("issued.title"), Here: "invites", Done: p.texts.say("done.code"), Body: issuedPage{[]invites.Issued{issued}, p.Pinned}})
	return nil
}
