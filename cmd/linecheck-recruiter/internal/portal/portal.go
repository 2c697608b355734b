// Package portal is the recruiter's web pages, for those who have signed in: reports and
// what was decided about them, invites, policies, people, and who did what. Pages are made
// on the server and complete without JavaScript. A report is verified anew whenever it is shown;
// nothing here alters one. What anybody may open without signing in does not come in here.
package portal

import (
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report/advice"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// Prefix is where the portal is.
const Prefix = "/portal/"

// Config is what the portal needs.
type Config struct {
	// Trust is the organisation's trust file as it stands.
	Trust func() (verify.Trust, error)
	// Store is what is kept for the organisation.
	Store *store.Tenant
	// People are those who may sign in.
	People *people.People
	// OIDC signs people in elsewhere; nil where there is no such provider.
	OIDC *people.OIDC
	// Pinned says that the server's certificate is its own, known to programs by its pin alone.
	Pinned bool
	// Intake takes reports in; Invites issues invites.
	Intake  *intake.Desk
	Invites *invites.Desk
	// Hooks are the webhooks.
	Hooks *hook.Sender
	// Tell tells other systems of an event, as "report.decided"; nil tells nobody.
	Tell func(event, digest string)
	// Origin is the server's public address.
	Origin *url.URL
	// Log takes what goes wrong, without personal data.
	Log *slog.Logger
}

// Portal serves the pages. Make it with [New].
type Portal struct {
	Config
	words *advice.Catalogue // what checks, metrics and findings are called
	texts texts             // the portal's own
	pages map[string]*template.Template
	files map[string][]byte
	memo  policy.Memo
	begun *visitor.Limit // sign-ins elsewhere
	now   func() time.Time
}

// New reads texts and templates.
func New(c Config) (*Portal, error) {
	p := &Portal{Config: c, now: time.Now, begun: visitor.New()}
	if p.Tell == nil {
		p.Tell = func(string, string) {}
	}
	if err := p.readTexts(); err != nil {
		return nil, err
	}
	return p, p.readPages()
}

// Handler serves everything below [Prefix].
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	for name, content := range p.files {
		mux.HandleFunc("GET "+Prefix+"files/"+name, p.file(name, content))
	}
	p.doors(mux)
	for pattern, page := range p.routes() {
		mux.Handle(pattern, p.only(page.right, page.serve))
	}
	mux.HandleFunc(Prefix, func(w http.ResponseWriter, r *http.Request) { p.problem(w, r, http.StatusNotFound, "problem.page") })
	guard := http.NewCrossOriginProtection() // forms of other sites change nothing here
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.problem(w, r, http.StatusForbidden, "problem.cross")
	}))
	return p.People.Wrap(bounded(guard.Handler(mux)))
}

// route is a page for those who have a right.
type route struct {
	right people.Right
	serve pageFunc
}

// routes are all pages for those who have signed in.
func (p *Portal) routes() map[string]route {
	return map[string]route{
		"GET /portal/{$}":                        {people.See, p.showList},
		"GET /portal/reports/{digest}":           {people.See, p.showReport},
		"GET /portal/reports/{digest}/voice":     {people.See, p.playVoice},
		"GET /portal/reports/{digest}/file":      {people.See, p.download},
		"POST /portal/reports/{digest}/decision": {people.Decide, p.decide},
		"POST /portal/reports/{digest}/erase":    {people.Erase, p.erase},
		"GET /portal/compare":                    {people.See, p.showCompare},
		"GET /portal/upload":                     {people.Upload, p.showUpload},
		"POST /portal/upload":                    {people.Upload, p.upload},
		"GET /portal/support":                    {people.See, p.showSupport},
		"POST /portal/support":                   {people.See, p.openSupport},
		"GET /portal/export":                     {people.Export, p.export},
		"GET /portal/invites":                    {people.See, p.showInvites},
		"GET /portal/invites/new":                {people.Invite, p.showNewInvite},
		"POST /portal/invites/new":               {people.Invite, p.invite},
		"POST /portal/invites/file":              {people.Invite, p.inviteMany},
		"GET /portal/invites/{id}":               {people.See, p.showInvite},
		"POST /portal/invites/{id}/revoke":       {people.Invite, p.revoke},
		"POST /portal/invites/{id}/code":         {people.Invite, p.newCode},
		"GET /portal/policies":                   {people.See, p.showPolicies},
		"GET /portal/policies/{digest}":          {people.See, p.showPolicy},
		"GET /portal/policies/{digest}/edit":     {people.EditPolicies, p.editPolicy},
		"POST /portal/policies":                  {people.EditPolicies, p.savePolicy},
		"GET /portal/reappraise":                 {people.See, p.showReappraise},
		"GET /portal/reappraise/all":             {people.Export, p.reappraiseAll},
		"GET /portal/people":                     {people.Manage, p.showPeople},
		"POST /portal/people":                    {people.Manage, p.addPerson},
		"POST /portal/people/{id}":               {people.Manage, p.changePerson},
		"GET /portal/tokens":                     {people.Manage, p.showTokens},
		"POST /portal/tokens":                    {people.Manage, p.addToken},
		"POST /portal/tokens/{id}/revoke":        {people.Manage, p.revokeToken},
		"GET /portal/webhooks":                   {people.Manage, p.showHooks},
		"POST /portal/webhooks":                  {people.Manage, p.addHook},
		"POST /portal/webhooks/{id}":             {people.Manage, p.changeHook},
		"GET /portal/settings":                   {people.Manage, p.showSettings},
		"POST /portal/settings":                  {people.Manage, p.saveSettings},
		"GET /portal/log":                        {people.Manage, p.showTrail},
		"POST /portal/applicants/erase":          {people.Erase, p.eraseApplicant},
	}
}
