// Package systems is the API for the organisation's other systems, such as its applicant
// tracking: invites, reports and what was decided about them, as JSON under /v1, for whoever
// brings a token that has the right. It is described in OpenAPI 3.1, which it serves itself. What the applicant's
// program uses does not come in here, nor do pages.
package systems

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/policy"
	"linecheck/report/strict"
	"linecheck/report/verify"
)

// DescriptionPath is where the API's description is, for anybody.
const DescriptionPath = "/v1/openapi.json"

// Config is what the API needs.
type Config struct {
	// Trust is the organisation's trust file as it stands.
	Trust func() (verify.Trust, error)
	// Store is what is kept for the organisation, People who may use it by tokens.
	Store  *store.Tenant
	People *people.People
	// Invites issues invites; Hooks tells others of events.
	Invites *invites.Desk
	Hooks   *hook.Sender
	// Tell tells others of an event, as "report.decided".
	Tell func(event, digest string)
	// Origin is the server's public address.
	Origin *url.URL
	// Log takes what goes wrong, without personal data.
	Log *slog.Logger
}

// API answers other systems. Make it with [New].
type API struct {
	Config
	description []byte
	memo        policy.Memo
	now         func() time.Time
}

// New reads the description.
func New(c Config) (*API, error) {
	text, err := assets.Web("openapi.json")
	if c.Tell == nil {
		c.Tell = func(string, string) {}
	}
	return &API{Config: c, description: text, now: time.Now}, err
}

// endpoint is one thing that a system may ask for, and the right that it needs.
type endpoint struct {
	right people.Right
	serve func(r *http.Request, who people.Token) (any, error)
}

// endpoints are all of them, by method and path.
func (a *API) endpoints() map[string]endpoint {
	return map[string]endpoint{
		"GET /v1/reports":                     {people.See, a.reports},
		"GET /v1/reports/{digest}":            {people.See, a.report},
		"GET /v1/reports/{digest}/bundle":     {people.See, a.bundle},
		"GET /v1/reports/{digest}/decisions":  {people.See, a.decisions},
		"POST /v1/reports/{digest}/decisions": {people.Decide, a.decide},
		"DELETE /v1/reports/{digest}":         {people.Erase, a.erase},
		"POST /v1/applicants/erase":           {people.Erase, a.eraseApplicant},
		"GET /v1/invites":                     {people.See, a.listInvites},
		"POST /v1/invites":                    {people.Invite, a.issue},
		"POST /v1/invites/{id}/revoke":        {people.Invite, a.revoke},
		"GET /v1/policies":                    {people.See, a.policies},
		"POST /v1/policies":                   {people.EditPolicies, a.addPolicy},
		"GET /v1/webhooks":                    {people.Manage, a.hooks},
		"POST /v1/webhooks":                   {people.Manage, a.addHook},
		"DELETE /v1/webhooks/{id}":            {people.Manage, a.removeHook},
		"POST /v1/webhooks/{id}/test":         {people.Manage, a.tryHook},
	}
}

// Paths are the patterns of everything that is served here.
func (a *API) Paths() []string {
	list := []string{"GET " + DescriptionPath}
	for pattern := range a.endpoints() {
		list = append(list, pattern)
	}
	return list
}

// Handler serves all paths.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+DescriptionPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.description)
	})
	for pattern, e := range a.endpoints() {
		mux.Handle(pattern, a.only(e))
	}
	return mux
}

// only lets tokens through that have the right.
func (a *API) only(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		who, err := a.People.ByToken(r.Context(), r.Header.Get("Authorization"), a.now())
		switch {
		case errors.Is(err, people.ErrToken):
			w.Header().Set("WWW-Authenticate", "Bearer")
			refusal.New(http.StatusUnauthorized, "token.missing", "this needs a token that counts, as \"Authorization: Bearer lct_…\"").Write(w)
			return
		case err != nil:
			a.fail(w, err)
			return
		case !who.May(e.right):
			refusal.New(http.StatusForbidden, "token.right", "the token's role does not allow this").Write(w)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, largestBody)
		v, err := e.serve(r, who)
		if err != nil {
			a.fail(w, err)
			return
		}
		if raw, ok := v.(rawJSON); ok {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(raw)
			return
		}
		data, err := strict.Encode(v)
		if err != nil {
			a.fail(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(data)
	})
}

// rawJSON is an answer that is JSON already.
type rawJSON []byte

// largestBody bounds a request, in bytes: ten thousand invites.
const largestBody = 5 << 20

func (a *API) fail(w http.ResponseWriter, err error) {
	no, ok := refusal.Of(err)
	var large *http.MaxBytesError
	switch {
	case ok:
	case errors.Is(err, store.ErrUnknown):
		no = refusal.New(http.StatusNotFound, "report.unknown", "there is no such report")
	case errors.Is(err, store.ErrNoInvite):
		no = refusal.New(http.StatusNotFound, "invite.unknown", "there is no such invite")
	case errors.Is(err, store.ErrPlace):
		no = refusal.New(http.StatusBadRequest, "request.after", "\"after\" is none that this list has given")
	case errors.Is(err, store.ErrBroad):
		no = refusal.New(http.StatusBadRequest, "request.broad", "more than 2000 reports match; ask for less at once")
	case errors.As(err, &large):
		no = refusal.New(http.StatusRequestEntityTooLarge, "request.large", "the request is too large")
	default:
		a.Log.Error("the API failed", "error", err)
		no = refusal.Failed()
	}
	no.Write(w)
}

// body reads a request's JSON strictly.
func body[T any](r *http.Request) (v T, err error) {
	data, err := readAll(r)
	if err != nil {
		return v, err
	}
	if err := strict.Decode(data, largestBody, &v); err != nil {
		return v, refusal.New(http.StatusBadRequest, "request.malformed", "the request is not the JSON that "+DescriptionPath+" describes")
	}
	return v, nil
}

// note writes what a system did into the audit log. It is done already: that it hung up meanwhile hides nothing.
func (a *API) note(ctx context.Context, who people.Token, what, subject, detail string) error {
	return a.Store.Note(context.WithoutCancel(ctx), store.Act{Time: a.now(), Who: "token " + who.Name, What: what, Subject: subject, Detail: detail})
}
