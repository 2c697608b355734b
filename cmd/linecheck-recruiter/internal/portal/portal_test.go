package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// Nobody sees anything without signing in, and comes back from the door to where they wanted to go.
func TestTheDoor(t *testing.T) {
	o := newOffice(t)
	digest, _ := o.take(t, "A-1", "customer-service", "EU", sample.Good())
	b := o.browser(t)
	for _, path := range []string{"/portal/", "/portal/reports/" + digest, "/portal/invites", "/portal/people", "/portal/log", "/portal/reports/" + digest + "/file", "/portal/compare?c=a&c=b"} {
		if _, text := b.get(path); !strings.Contains(text, "Six digits") || strings.Contains(text, "A-1") {
			t.Errorf("%s without signing in:\n%.400s", path, text)
		}
	}
	if status, _ := b.post("/portal/reports/"+digest+"/decision", url.Values{"kind": {"accepted"}}); status != http.StatusOK {
		t.Errorf("posting without signing in: %d", status)
	}
	if d, _ := o.store.Decided(t.Context(), digest); len(d) != 0 {
		t.Error("decided without signing in")
	}
	secret := o.hire(t, "ana@example.com", people.Recruiter)
	wrong := url.Values{"login": {"ana@example.com"}, "password": {"wrong"}, "code": {"123456"}, "next": {"/portal/reports/" + digest}}
	if status, text := b.post("/portal/sign-in", wrong); status != http.StatusUnauthorized || !strings.Contains(text, "are wrong") {
		t.Errorf("a wrong password: %d", status)
	}
	wrong.Set("password", password)
	wrong.Set("code", codeAt(secret, o.now))
	if status, text := b.post("/portal/sign-in", wrong); status != http.StatusOK || !strings.Contains(text, "Report of A-1") {
		t.Errorf("signed in: %d, and is at\n%.400s", status, text)
	}
	if _, text := b.post("/portal/sign-out", nil); !strings.Contains(text, "You have signed out") {
		t.Errorf("signing out:\n%.400s", text)
	}
	if _, text := b.get("/portal/"); strings.Contains(text, "A-1") {
		t.Error("signed out, and still there")
	}
}

// After signing in nobody is led to another site.
func TestNextStaysHere(t *testing.T) {
	o := newOffice(t)
	b := o.browser(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/portal/", "/portal//evil.example", "/portal/\\evil", "javascript:alert(1)", "/other", "/portal/sign-out"} {
		if _, text := b.get("/portal/sign-in?next=" + url.QueryEscape(next)); !strings.Contains(text, `name="next" value="/portal/"`) {
			t.Errorf("%q is kept", next)
		}
	}
}

// What a role may not do is neither offered nor done.
func TestRoles(t *testing.T) {
	o := newOffice(t)
	digest, inv := o.take(t, "A-1", "customer-service", "EU", sample.Good())
	acts := map[string]url.Values{
		"/portal/reports/" + digest + "/decision": {"kind": {"accepted"}}, "/portal/reports/" + digest + "/erase": {"sure": {"yes"}},
		"/portal/invites/" + inv.ID + "/revoke": {}, "/portal/people": {"login": {"x"}, "role": {"admin"}}, "/portal/tokens": {"name": {"x"}, "role": {"admin"}, "days": {"3"}},
		"/portal/settings": {"retention": {"3"}}, "/portal/applicants/erase": {"applicant": {"A-1"}, "sure": {"yes"}},
	}
	may := map[people.Role][]string{people.Support: {}, people.Recruiter: {"/portal/reports/" + digest + "/decision", "/portal/invites/" + inv.ID + "/revoke"}}
	for role, allowed := range may {
		b := o.person(t, string(role), role)
		for path, form := range acts {
			want := http.StatusForbidden
			for _, a := range allowed {
				if a == path {
					want = http.StatusOK
				}
			}
			if status, _ := b.post(path, form); status != want {
				t.Errorf("%s: %s is answered %d, want %d", role, path, status, want)
			}
		}
		for _, path := range []string{"/portal/people", "/portal/tokens", "/portal/settings", "/portal/log"} {
			if status, _ := b.get(path); status != http.StatusForbidden {
				t.Errorf("%s: %s is shown (%d)", role, path, status)
			}
		}
	}
	if _, err := o.store.Report(t.Context(), digest); err != nil {
		t.Errorf("the report is gone: %v", err)
	}
}

// A form of another site changes nothing, and a visit begun by somebody else is not taken over.
func TestForgedRequests(t *testing.T) {
	o := newOffice(t)
	digest, _ := o.take(t, "A-1", "customer-service", "EU", sample.Good())
	b := o.person(t, "ana", people.Recruiter)
	for _, head := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}} {
		req, _ := http.NewRequest(http.MethodPost, o.server.URL+"/portal/reports/"+digest+"/decision", strings.NewReader("kind=accepted"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range head {
			req.Header.Set(k, v)
		}
		r, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := b.read(r); status != http.StatusForbidden {
			t.Errorf("%v: %d", head, status)
		}
	}
	if d, _ := o.store.Decided(t.Context(), digest); len(d) != 0 {
		t.Error("decided by another site")
	}
}

// The list shows what its filters say.
func TestTheList(t *testing.T) {
	o := newOffice(t)
	slow, unseen := sample.Good(), sample.Good()
	slow.Download, unseen.Unseen = 3, true
	o.take(t, "EU-1", "customer-service", "EU", sample.Good())
	o.take(t, "EU-2", "customer-service", "EU", slow)
	o.take(t, "AP-3", "sales", "AP", unseen)
	b := o.person(t, "ana", people.Support)
	for query, want := range map[string]string{
		"": "EU-1 EU-2 AP-3", "?role=sales": "AP-3", "?region=EU": "EU-1 EU-2", "?verdict=not-ready": "EU-2", "?observed=no": "AP-3", "?decision=none": "EU-1 EU-2 AP-3", "?decision=accepted": "",
		"?search=eu-": "EU-1 EU-2", "?search=EU-2&verdict=ready": "", "?from=2020-01-01&until=2020-12-31": "", "?from=2020-01-01": "EU-1 EU-2 AP-3", "?sort=applicant": "EU-1 EU-2 AP-3",
	} {
		status, text := b.get("/portal/" + query)
		if status != http.StatusOK {
			t.Errorf("%q: %d", query, status)
		}
		for _, a := range []string{"EU-1", "EU-2", "AP-3"} {
			if has := strings.Contains(text, ">"+a+"<"); has != strings.Contains(want, a) {
				t.Errorf("%q: %s is shown: %v", query, a, has)
			}
		}
	}
	for _, query := range []string{"?sort=x", "?from=yesterday", "?until=2026-02-30", "?after=x"} {
		if status, text := b.get("/portal/" + query); status != http.StatusBadRequest || !strings.Contains(text, `role="alert"`) {
			t.Errorf("%q: %d", query, status)
		}
	}
}

// One report is shown whole: verdict, rules, steps, evidence, chart, and what was decided.
func TestTheReport(t *testing.T) {
	o := newOffice(t)
	line := sample.Good()
	line.Download, line.Signature, line.Machine = 3, "Maria López <b>", strings.Repeat("ab", 32)
	digest, _ := o.take(t, `A-1 "><script>alert(1)</script>`, "customer-service", "EU", line)
	o.take(t, "B-2", "customer-service", "EU", line)
	b := o.person(t, "ana", people.Recruiter)
	_, text := b.get("/portal/reports/" + digest)
	for _, want := range []string{"Not ready", "Download speed", "observed", "claimed", "<polyline", "entry 1 of 1", "Maria López &lt;b&gt;", "The same computer, other applicants", ">B-2<", "Your decision"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not there", want)
		}
	}
	if strings.Contains(text, "<script>alert") {
		t.Error("a reference became a script")
	}
	path := "/portal/reports/" + digest + "/decision"
	for _, bad := range []url.Values{{"kind": {"x"}}, {"kind": {"repeat"}}, {"kind": {"repeat"}, "note": {strings.Repeat("x", 2001)}}, {"kind": {"repeat"}, "note": {"a\x00b"}}} {
		if status, _ := b.post(path, bad); status != http.StatusBadRequest {
			t.Errorf("%.60v: %d", bad, status)
		}
	}
	if status, text := b.post(path, url.Values{"kind": {"repeat"}, "note": {"Use a cable, please."}}); status != http.StatusOK || !strings.Contains(text, "Your decision is saved") || !strings.Contains(text, "Use a cable, please.") {
		t.Errorf("%d", status)
	}
	if d, _ := o.store.Decided(t.Context(), digest); len(d) != 1 || d[0].Kind != store.Repeat || d[0].Person != "ana" {
		t.Errorf("%+v", d)
	}
	if event, _ := o.told.Load(digest); event != "report.decided" {
		t.Errorf("nobody was told: %v", event)
	}
	if status, _ := b.get("/portal/reports/" + strings.Repeat("0", 64)); status != http.StatusNotFound {
		t.Errorf("an unknown report: %d", status)
	}
	if status, file := b.get("/portal/reports/" + digest + "/file"); status != http.StatusOK || !strings.Contains(file, `"receipt"`) {
		t.Errorf("the file: %d", status)
	}
}
