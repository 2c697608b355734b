package systems_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/systems"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/verify"
)

// office is the API with an organisation behind it, and its description.
type office struct {
	*sample.Org
	t      *testing.T
	store  *store.Tenant
	people *people.People
	desk   *intake.Desk
	server *httptest.Server
	routes routers.Router
	paths  []string
	now    time.Time
}

func describe(t *testing.T) *openapi3.T {
	t.Helper()
	text, err := assets.Web("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, now: time.Now()}
	o.Org = sample.New(t, o.now)
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if o.store, err = db.Tenant(t.Context(), o.Tenant); err != nil {
		t.Fatal(err)
	}
	origin, _ := url.Parse(sample.Origin)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	o.people, o.desk = people.New(o.store, origin, log), intake.New(o.Keys, o.store, log)
	sender := hook.New(o.store, origin, log)
	sender.AllowPrivate = true
	a, err := systems.New(systems.Config{Trust: o.Keys.Trust, Store: o.store, People: o.people, Invites: invites.NewDesk(o.Keys, o.store, sample.Origin, ""), Hooks: sender, Origin: origin, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	o.paths = a.Paths()
	o.server = httptest.NewTLSServer(a.Handler())
	t.Cleanup(o.server.Close)
	if o.routes, err = gorillamux.NewRouter(describe(t)); err != nil {
		t.Fatal(err)
	}
	return o
}

// token is a token of a role.
func (o *office) token(role people.Role) string {
	o.t.Helper()
	_, admin, err := o.people.Add(o.t.Context(), "admin-"+string(role)+"@example.com", "", people.Admin, o.now)
	if err != nil {
		o.t.Fatal(err)
	}
	token, err := o.people.NewToken(o.t.Context(), admin, "tracking", role, o.now.Add(time.Hour), o.now)
	if err != nil {
		o.t.Fatal(err)
	}
	return token
}

// ask sends a request and holds both it and the answer against the description.
func (o *office) ask(method, path, token, body string, wrong bool) (int, map[string]any) {
	o.t.Helper()
	req, _ := http.NewRequest(method, o.server.URL+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	described, _ := http.NewRequest(method, path, strings.NewReader(body))
	described.Header = req.Header
	route, vars, err := o.routes.FindRoute(described)
	if err != nil {
		o.t.Fatalf("%s %s is not described: %v", method, path, err)
	}
	input := &openapi3filter.RequestValidationInput{Request: described, PathParams: vars, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateRequest(o.t.Context(), input); err != nil && !wrong {
		o.t.Errorf("%s %s: the request is not as described: %v", method, path, err)
	}
	r, err := o.server.Client().Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: r.StatusCode, Header: r.Header, Body: io.NopCloser(bytes.NewReader(data)), Options: input.Options}
	if err := openapi3filter.ValidateResponse(o.t.Context(), answer); err != nil {
		o.t.Errorf("%s %s: the answer is not as described: %v\n%s", method, path, err, data)
	}
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		o.t.Errorf("%s %s: %v: %s", method, path, err, data)
	}
	return r.StatusCode, v
}

// Every path that is served is described, and every one described is served.
func TestTheDescriptionIsOfThisServer(t *testing.T) {
	o := newOffice(t)
	served := map[string]bool{}
	for _, p := range o.paths {
		served[p] = true
	}
	n := 0
	for path, item := range describe(t).Paths.Map() {
		for method := range item.Operations() {
			if n++; !served[method+" "+path] {
				t.Errorf("%s %s is described and not served", method, path)
			}
		}
	}
	if n != len(served) {
		t.Errorf("%d operations are described, and %d served", n, len(served))
	}
}

// An applicant tracking system's day: it invites, learns of reports, decides, and erases.
func TestADay(t *testing.T) {
	o := newOffice(t)
	admin := o.token(people.Admin)
	status, made := o.ask("POST", "/v1/invites", admin, `{"invites":[{"applicant":"A-1","role":"customer-service","region":"EU","expires":"7d"},{"applicant":"A-2","role":"sales","region":"EU","language":"de"}]}`, false)
	if list, _ := made["invites"].([]any); status != 200 || len(list) != 2 || !strings.HasPrefix(list[0].(map[string]any)["link"].(string), sample.Origin+"/i/") {
		t.Fatalf("%d %v", status, made)
	}
	_, listed := o.ask("GET", "/v1/invites?applicant=A-2&state=sent", admin, "", false)
	rows := listed["invites"].([]any)
	if len(rows) != 1 || rows[0].(map[string]any)["link"] != nil {
		t.Fatalf("%v", listed)
	}
	if status, _ := o.ask("POST", "/v1/invites/"+rows[0].(map[string]any)["id"].(string)+"/revoke", admin, "", false); status != 200 {
		t.Errorf("revoke: %d", status)
	}
	inv, sealed := o.Invite(t, "A-1", "customer-service", "EU", o.now)
	_, digest, err := o.desk.TakeIn(t.Context(), sample.JSON(t, o.Report(t, inv, sealed, sample.Good(), o.now)), "program", o.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, v := o.ask("GET", "/v1/reports?verdict=ready&observed=yes&search=a-1&limit=5", admin, "", false); len(v["reports"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	if _, v := o.ask("GET", "/v1/reports/"+digest, admin, "", false); v["verification"].(map[string]any)["authentic"] != true {
		t.Errorf("%v", v)
	}
	if _, v := o.ask("GET", "/v1/reports/"+digest+"/bundle", admin, "", false); v["receipt"] == nil {
		t.Errorf("%v", v)
	}
	if _, v := o.ask("POST", "/v1/reports/"+digest+"/decisions", admin, `{"kind":"repeat","note":"use a cable"}`, false); len(v["decisions"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	if _, v := o.ask("GET", "/v1/reports/"+digest+"/decisions", admin, "", false); v["decisions"].([]any)[0].(map[string]any)["person"] != "token tracking" {
		t.Errorf("%v", v)
	}
	text, _ := assets.Policy("customer-service")
	if _, v := o.ask("POST", "/v1/policies", admin, string(text), false); len(v["policies"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	if _, v := o.ask("GET", "/v1/policies", admin, "", false); len(v["policies"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	_, h := o.ask("POST", "/v1/webhooks", admin, `{"url":"https://127.0.0.1:1/x","events":["report.received"]}`, false)
	if s, _ := h["webhooks"].([]any)[0].(map[string]any)["secret"].(string); !strings.HasPrefix(s, "whsec_") {
		t.Errorf("%v", h)
	}
	if _, v := o.ask("GET", "/v1/webhooks", admin, "", false); len(v["webhooks"].([]any)) != 1 || v["webhooks"].([]any)[0].(map[string]any)["secret"] != nil {
		t.Errorf("%v", v)
	}
	if status, v := o.ask("POST", "/v1/webhooks/1/test", admin, "", false); status != 200 || v["state"] == "done" {
		t.Errorf("%d %v", status, v)
	}
	if status, _ := o.ask("DELETE", "/v1/webhooks/1", admin, "", false); status != 200 {
		t.Errorf("%d", status)
	}
	if status, _ := o.ask("DELETE", "/v1/reports/"+digest, admin, "", false); status != 200 {
		t.Errorf("%d", status)
	}
	if status, _ := o.ask("POST", "/v1/applicants/erase", admin, `{"applicant":"A-1"}`, false); status != 200 {
		t.Errorf("%d", status)
	}
	if _, v := o.ask("GET", "/v1/reports", admin, "", false); len(v["reports"].([]any)) != 0 {
		t.Errorf("%v", v)
	}
	acts, err := o.store.Trail(t.Context(), 0, 100)
	if err != nil || len(acts) < 8 || !slices.ContainsFunc(acts, func(a store.Act) bool { return a.What == "webhook.try" && a.Subject == "1" }) {
		t.Errorf("%d acts are noted (%v)", len(acts), err)
	}
}

// What is asked of the applicant's program is in the invite, and in no other.
func TestAnInviteForANewerProgram(t *testing.T) {
	o := newOffice(t)
	status, made := o.ask("POST", "/v1/invites", o.token(people.Admin), `{"invites":[{"applicant":"A-1","role":"sales","region":"EU"},`+
		`{"applicant":"A-2","role":"sales","region":"EU","program":{"at_least":"1.4.0","link":"https://jobs.example/linecheck"}}]}`, false)
	if status != 200 {
		t.Fatalf("%d %v", status, made)
	}
	for n, want := range []string{"", "1.4.0"} {
		_, code, _ := strings.Cut(made["invites"].([]any)[n].(map[string]any)["link"].(string), "/i/")
		kept, err := o.store.InviteOf(t.Context(), exchange.CodeDigest(code))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := envelope.Parse(kept.Sealed)
		if err != nil {
			t.Fatal(err)
		}
		inv, _, err := verify.Peek(sealed)
		if needed := inv.Value().Program; err != nil || (needed == nil) != (want == "") || needed != nil && needed.AtLeast != want {
			t.Errorf("invite %d: %+v (%v)", n, needed, err)
		}
	}
}

// Bad requests get a stable code, and no token gets more than its role.
func TestRefusals(t *testing.T) {
	o := newOffice(t)
	admin, support := o.token(people.Admin), o.token(people.Support)
	zero := strings.Repeat("0", 64)
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		code                      string
	}{
		{"GET", "/v1/reports", "", "", 401, "token.missing"},
		{"GET", "/v1/reports", "lct_wrong", "", 401, "token.missing"},
		{"POST", "/v1/reports/" + zero + "/decisions", support, `{"kind":"accepted"}`, 403, "token.right"},
		{"DELETE", "/v1/reports/" + zero, support, "", 403, "token.right"},
		{"GET", "/v1/webhooks", support, "", 403, "token.right"},
		{"POST", "/v1/invites", support, `{"invites":[]}`, 403, "token.right"},
		{"GET", "/v1/reports?verdikt=ready", admin, "", 400, "request.parameter"},
		{"GET", "/v1/reports?role=a&role=b", admin, "", 400, "request.parameter"},
		{"GET", "/v1/reports?search=%00", admin, "", 400, "request.parameter"},
		{"GET", "/v1/reports?verdict=good", admin, "", 400, "request.parameter"},
		{"GET", "/v1/reports?limit=0", admin, "", 400, "request.limit"},
		{"GET", "/v1/reports?sort=x", admin, "", 400, "request.sort"},
		{"GET", "/v1/reports?from=x", admin, "", 400, "request.time"},
		{"GET", "/v1/reports?after=x", admin, "", 400, "request.after"},
		{"GET", "/v1/reports/" + zero, admin, "", 404, "report.unknown"},
		{"GET", "/v1/reports/" + zero + "/bundle", admin, "", 404, "report.unknown"},
		{"DELETE", "/v1/reports/" + zero, admin, "", 404, "report.unknown"},
		{"POST", "/v1/reports/" + zero + "/decisions", admin, `{"kind":"accepted"}`, 404, "report.unknown"},
		{"POST", "/v1/reports/" + zero + "/decisions", admin, `{"kind":"x"}`, 400, "decision.malformed"},
		{"POST", "/v1/reports/" + zero + "/decisions", admin, `{"kind":"repeat"}`, 400, "decision.malformed"},
		{"POST", "/v1/reports/" + zero + "/decisions", admin, `{"kind":"accepted","kind":"repeat"}`, 400, "request.malformed"},
		{"POST", "/v1/invites", admin, `{"invites":[]}`, 400, "invite.malformed"},
		{"POST", "/v1/invites", admin, `{"invites":[{"applicant":"","role":"r","region":"x"}]}`, 400, "invite.malformed"},
		{"POST", "/v1/invites", admin, `{"invites":[{"applicant":"a","role":"r","region":"x","policy":"` + zero + `"}]}`, 400, "policy.unknown"},
		{"POST", "/v1/invites", admin, `{"invites":[{"applicant":"a","role":"r","region":"x","expires":"never"}]}`, 400, "invite.malformed"},
		{"POST", "/v1/invites", admin, `{"invites":[{"applicant":"a","role":"r","region":"x","program":{}}]}`, 400, "invite.malformed"},
		{"POST", "/v1/invites", admin, `{"invites":[{"applicant":"a","role":"r","region":"x","program":{"at_least":"1.4.0","link":"http://jobs.example/"}}]}`, 400, "invite.malformed"},
		{"POST", "/v1/invites", admin, strings.Repeat("[", 100), 400, "request.malformed"},
		{"POST", "/v1/invites", admin, `{"invites":"` + strings.Repeat("x", 6<<20) + `"}`, 413, "request.large"},
		{"POST", "/v1/invites/nothing/revoke", admin, "", 404, "invite.unknown"},
		{"POST", "/v1/policies", admin, `{"schema":"x"}`, 400, "policy.malformed"},
		{"POST", "/v1/webhooks", admin, `{"url":"http://example.com"}`, 400, "webhook.malformed"},
		{"POST", "/v1/webhooks", admin, `{"url":"https://example.com","events":["x"]}`, 400, "webhook.malformed"},
		{"DELETE", "/v1/webhooks/99", admin, "", 404, "webhook.unknown"},
		{"POST", "/v1/webhooks/x/test", admin, "", 404, "webhook.unknown"},
		{"POST", "/v1/applicants/erase", admin, `{"applicant":"nobody"}`, 404, "applicant.unknown"},
	} {
		if status, v := o.ask(c.method, c.path, c.token, c.body, true); status != c.status || v["code"] != c.code {
			t.Errorf("%s %s %.60s: %d %v, want %d %s", c.method, c.path, c.body, status, v, c.status, c.code)
		}
	}
}
