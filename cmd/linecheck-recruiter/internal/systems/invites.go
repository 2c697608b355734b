package systems

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/policy"
)

// The events that are told from here.
const (
	hookDecided = hook.ReportDecided
	hookErased  = hook.ReportErased
)

// The schemas of what is answered.
const (
	InvitesSchema  = "linecheck.invites/1"
	PoliciesSchema = "linecheck.policies/1"
)

func readAll(r *http.Request) ([]byte, error) { return io.ReadAll(r.Body) }

// inviteRow is an invite. Link and code are there only in the answer to its making.
type inviteRow struct {
	ID        string    `json:"id"`
	Applicant string    `json:"applicant"`
	Name      string    `json:"name,omitzero"`
	Role      string    `json:"role"`
	Region    string    `json:"region"`
	State     string    `json:"state,omitzero"`
	Issued    time.Time `json:"issued,omitzero"`
	Ends      time.Time `json:"ends"`
	Link      string    `json:"link,omitzero"`
	Code      string    `json:"code,omitzero"`
}

type inviteList struct {
	Schema  string      `json:"schema"`
	Invites []inviteRow `json:"invites"`
	Next    string      `json:"next,omitzero"`
}

func (a *API) listInvites(r *http.Request, _ people.Token) (any, error) {
	v, now := r.URL.Query(), a.now()
	if strings.ContainsRune(v.Get("applicant")+v.Get("after"), 0) {
		return nil, refusal.New(http.StatusBadRequest, "request.parameter", "a parameter holds a character that is none")
	}
	list, next, err := a.Store.Invites(r.Context(), store.InviteState(v.Get("state")), v.Get("applicant"), v.Get("after"), 100, now)
	out := inviteList{Schema: InvitesSchema, Invites: []inviteRow{}, Next: next}
	for _, i := range list {
		out.Invites = append(out.Invites, inviteRow{ID: i.ID, Applicant: i.Applicant, Name: i.Name, Role: i.Role, Region: i.Region, State: string(i.State(now)), Issued: i.Issued, Ends: i.Ends})
	}
	return out, err
}

// wish is an invite as a system asks for it.
type wish struct {
	Applicant string `json:"applicant"`
	Name      string `json:"name,omitzero"`
	Role      string `json:"role"`
	Region    string `json:"region"`
	Language  string `json:"language,omitzero"`
	// Policy is the digest of a stored policy; the built-in one where absent.
	Policy string `json:"policy,omitzero"`
	// Expires is how long it counts, as 14d.
	Expires     string `json:"expires,omitzero"`
	Runs        int    `json:"runs,omitzero"`
	LegalName   bool   `json:"legal_name,omitzero"`
	VoiceSample bool   `json:"voice_sample,omitzero"`
	// Program is what the applicant's program must be; any will do where absent.
	Program *report.NeededProgram `json:"program,omitzero"`
}

// issue makes invites, all of them or none.
func (a *API) issue(r *http.Request, who people.Token) (any, error) {
	want, err := body[struct {
		Invites []wish `json:"invites"`
	}](r)
	if err != nil {
		return nil, err
	}
	if len(want.Invites) == 0 || len(want.Invites) > invites.MaxRows {
		return nil, refusal.New(http.StatusBadRequest, "invite.malformed", "\"invites\" holds 1 to "+strconv.Itoa(invites.MaxRows)+" invites")
	}
	list, texts := make([]invites.Wish, len(want.Invites)), map[string][]byte{"": nil}
	for i, w := range want.Invites {
		text, ok := texts[w.Policy]
		if !ok {
			p, err := a.Store.PolicyOf(r.Context(), w.Policy)
			if err != nil {
				return nil, refusal.New(http.StatusBadRequest, "policy.unknown", "there is no policy of that digest")
			}
			text, texts[w.Policy] = p.Text, p.Text
		}
		list[i] = invites.Wish{Applicant: w.Applicant, Name: w.Name, Role: w.Role, Region: w.Region, Language: w.Language, PolicyText: text, Life: invites.UsualLife, Runs: w.Runs,
			LegalName: w.LegalName, Voice: w.VoiceSample, Program: w.Program}
		if w.Runs == 0 {
			list[i].Runs = invites.UsualRuns
		}
		if w.Expires != "" {
			if list[i].Life, err = invites.ParseLife(w.Expires); err != nil {
				return nil, refusal.New(http.StatusBadRequest, "invite.malformed", oneLine(err))
			}
		}
	}
	issued, err := a.Invites.Issue(r.Context(), list, a.now())
	var why *invites.Problem
	if errors.As(err, &why) {
		return nil, refusal.New(http.StatusBadRequest, "invite.malformed", oneLine(why))
	}
	if err != nil {
		return nil, err
	}
	out := inviteList{Schema: InvitesSchema, Invites: []inviteRow{}}
	for _, i := range issued {
		out.Invites = append(out.Invites, inviteRow{ID: i.ID, Applicant: i.Applicant, Name: i.Name, Role: i.Role, Region: i.Region, Ends: i.Ends, Link: i.Web, Code: i.Typed})
	}
	return out, a.note(r.Context(), who, "invite.issued", "", strconv.Itoa(len(issued)))
}

func (a *API) revoke(r *http.Request, who people.Token) (any, error) {
	id := r.PathValue("id")
	if err := a.Store.Revoke(r.Context(), id, a.now()); err != nil {
		return nil, err
	}
	return done{1}, a.note(r.Context(), who, "invite.revoked", id, "")
}

type policyRow struct {
	Digest  string    `json:"digest"`
	ID      string    `json:"id"`
	Version int       `json:"version"`
	Added   time.Time `json:"added"`
	// Text is the policy's JSON, byte for byte.
	Text string `json:"text"`
}

type policyList struct {
	Schema   string      `json:"schema"`
	Policies []policyRow `json:"policies"`
}

func (a *API) policies(r *http.Request, _ people.Token) (any, error) {
	list, err := a.Store.Policies(r.Context())
	out := policyList{PoliciesSchema, []policyRow{}}
	for _, p := range list {
		out.Policies = append(out.Policies, policyRow{p.Digest, p.ID, p.Version, p.Added, string(p.Text)})
	}
	return out, err
}

// addPolicy keeps a policy; the request's body is its text.
func (a *API) addPolicy(r *http.Request, who people.Token) (any, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, err
	}
	p, err := policy.Parse(text)
	if err != nil {
		return nil, refusal.New(http.StatusBadRequest, "policy.malformed", oneLine(err))
	}
	digest := policy.Digest(text)
	if err := a.Store.PutPolicy(r.Context(), store.Policy{Digest: digest, ID: p.ID, Version: p.Version, Text: text, Added: a.now(), Person: "token " + who.Name}); err != nil {
		return nil, err
	}
	if err := a.note(r.Context(), who, "policy.added", digest, p.ID); err != nil {
		return nil, err
	}
	return a.policies(r, who)
}
