package portal_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
)

// What is handed over is verified before it is stored, the same again is no harm, and what is refused leaves its reason.
func TestUploads(t *testing.T) {
	o := newOffice(t)
	b := o.person(t, "ana", people.Recruiter)
	inv, sealed := o.Invite(t, "A-1", "r", "EU", o.now)
	good := sample.JSON(t, o.Report(t, inv, sealed, sample.Good(), o.now))
	for range 2 {
		if status, text := b.send("/portal/upload", "file", good, nil); status != http.StatusOK || !strings.Contains(text, "was verified and taken in") {
			t.Errorf("a good report: %d\n%.500s", status, text)
		}
	}
	if n, _ := o.store.Reports(t.Context()); n != 1 {
		t.Errorf("%d reports are stored", n)
	}
	if status, text := b.send("/portal/upload", "file", nil, url.Values{"text": {string(good)}}); status != http.StatusOK || !strings.Contains(text, "taken in") {
		t.Errorf("pasted: %d", status)
	}
	fresh := string(sample.JSON(t, o.Report(t, inv, sealed, sample.Good(), o.now)))
	at := strings.LastIndex(fresh, `"sig":"`) + len(`"sig":"`)
	altered := fresh[:at] + "AAAA" + fresh[at+4:]
	for name, c := range map[string]struct {
		data   string
		status int
	}{"altered": {altered, 422}, "of another organisation": {foreign(t, o), 422}, "empty": {"", 400}, "too large": {strings.Repeat("x", 6<<20), 413}} {
		if status, text := b.send("/portal/upload", "file", []byte(c.data), nil); status != c.status || !strings.Contains(text, `role="alert"`) {
			t.Errorf("%s: %d", name, status)
		}
	}
	acts, err := o.store.Trail(t.Context(), 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, a := range acts {
		if strings.HasPrefix(a.What, "report.refused") || a.What == "report.malformed" {
			refused++
			if a.Who != "ana" || a.Detail == "" {
				t.Errorf("%+v", a)
			}
		}
	}
	if refused != 2 {
		t.Errorf("%d refusals are noted", refused)
	}
}

func foreign(t *testing.T, o *office) string {
	t.Helper()
	other := sample.New(t, o.now)
	inv, sealed := other.Invite(t, "A-1", "r", "EU", o.now)
	return string(sample.JSON(t, other.Report(t, inv, sealed, sample.Good(), o.now)))
}

// What belongs to one organisation is not to be had at the other's portal, by whatever id.
func TestTwoPortals(t *testing.T) {
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	one, two := officeIn(t, db), officeIn(t, db)
	digest, inv := one.take(t, "A-1", "r", "EU", sample.Good())
	other, _ := two.take(t, "B-1", "r", "EU", sample.Good())
	b := two.person(t, "eve", people.Admin)
	for _, path := range []string{"/portal/reports/" + digest, "/portal/reports/" + digest + "/file", "/portal/reports/" + digest + "/voice", "/portal/invites/" + inv.ID, "/portal/compare?c=" + digest + "&c=" + other} {
		if status, text := b.get(path); status != http.StatusNotFound || strings.Contains(text, "A-1") {
			t.Errorf("%s: %d", path, status)
		}
	}
	for path, form := range map[string]url.Values{"/portal/reports/" + digest + "/decision": {"kind": {"accepted"}}, "/portal/reports/" + digest + "/erase": {"sure": {"yes"}},
		"/portal/invites/" + inv.ID + "/revoke": {}, "/portal/invites/" + inv.ID + "/code": {}, "/portal/applicants/erase": {"applicant": {"A-1"}, "sure": {"yes"}}} {
		if status, _ := b.post(path, form); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if _, text := b.get("/portal/?search=" + digest[:12]); strings.Contains(text, "A-1") {
		t.Error("the other's report is found")
	}
	// The cookie of one is nothing to the other.
	b.base = one.server.URL
	if _, text := b.get("/portal/"); !strings.Contains(text, "Six digits") {
		t.Error("signed in at the other's portal")
	}
	if _, err := one.store.Report(t.Context(), digest); err != nil {
		t.Error(err)
	}
}

// A changed policy shows first what it would do, and then is the next version.
func TestEditingAPolicy(t *testing.T) {
	o := newOffice(t)
	slow := sample.Good()
	slow.Download = 8
	o.take(t, "SLOW-1", "r", "EU", slow)
	o.take(t, "FAST-1", "r", "EU", sample.Good())
	b := o.person(t, "ana", people.Admin)
	b.get("/portal/policies")
	text, err := assets.Policy("customer-service")
	if err != nil {
		t.Fatal(err)
	}
	base := policy.Digest(text)
	form := url.Values{"base": {base}, "valid": {"30"}, "min.download": {"5"}, "rec.download": {"7,5"}, "do": {"preview"}}
	status, shown := b.post("/portal/policies", form)
	if status != http.StatusOK || !strings.Contains(shown, "2 reports were judged anew") || !strings.Contains(shown, ">SLOW-1<") || strings.Contains(shown, ">FAST-1<") {
		t.Errorf("the preview: %d\n%.3000s", status, shown)
	}
	form.Set("do", "save")
	if status, shown := b.post("/portal/policies", form); status != http.StatusOK || !strings.Contains(shown, "The policy is saved") || !strings.Contains(shown, "7.5 Mbit/s") || !strings.Contains(shown, "good for 30 days") {
		t.Errorf("saving: %d\n%.1500s", status, shown)
	}
	list, err := o.store.Policies(t.Context())
	if err != nil || len(list) != 2 || list[0].Version != list[1].Version+1 || list[0].Person != "ana" {
		t.Errorf("%d policies, %v", len(list), err)
	}
	for name, bad := range map[string]url.Values{
		"no number": {"base": {base}, "min.download": {"fast"}}, "no days": {"base": {base}, "valid": {"0"}}, "no JSON": {"base": {base}, "text": {"{"}}, "another schema": {"base": {base}, "text": {`{"schema":"x"}`}},
	} {
		if status, shown := b.post("/portal/policies", bad); status != http.StatusBadRequest || !strings.Contains(shown, "no usable policy") {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := b.post("/portal/policies", url.Values{"base": {"x"}}); status != http.StatusNotFound {
		t.Errorf("an unknown policy: %d", status)
	}
}

// payload is what a statement says.
func payload(t *testing.T, sealed []byte) string {
	t.Helper()
	e, err := envelope.Parse(sealed)
	if err != nil {
		t.Fatal(err)
	}
	said, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

// Invites are made by a form and by a table; a link is shown once; a new code ends the old one.
func TestInvites(t *testing.T) {
	o := newOffice(t)
	b := o.person(t, "ana", people.Recruiter)
	_, form := b.get("/portal/invites/new")
	i := strings.Index(form, `<select name="policy"><option value="`)
	digest := form[i+len(`<select name="policy"><option value="`):][:64]
	wish := url.Values{"applicant": {"A-1"}, "name": {"Łucja <i>"}, "role": {"sales"}, "region": {"EU"}, "policy": {digest}, "days": {"3"}, "runs": {"2"}, "program": {"v1.4.0"}, "program_link": {"https://jobs.example/linecheck"}}
	status, text := b.post("/portal/invites/new", wish)
	if status != http.StatusOK || strings.Count(text, sample.Origin+"/i/") != 1 {
		t.Fatalf("%d\n%.1500s", status, text)
	}
	list, _, err := o.store.Invites(t.Context(), "", "", "", 10, o.now)
	if err != nil || len(list) != 1 || list[0].Runs != 2 || list[0].Name != "Łucja <i>" {
		t.Fatalf("%+v %v", list, err)
	}
	_, code, _ := strings.Cut(text, sample.Origin+"/i/")
	kept, err := o.store.InviteOf(t.Context(), exchange.CodeDigest(code[:26]))
	if err != nil || !strings.Contains(payload(t, kept.Sealed), `"program":{"at_least":"1.4.0","link":"https://jobs.example/linecheck"}`) {
		t.Errorf("it does not ask for the program: %v", err)
	}
	if _, text := b.get("/portal/invites/" + list[0].ID); strings.Contains(text, "/i/") || !strings.Contains(text, "Łucja &lt;i&gt;") {
		t.Errorf("%.2000s", text)
	}
	if _, text := b.post("/portal/invites/"+list[0].ID+"/code", nil); strings.Count(text, sample.Origin+"/i/") != 1 {
		t.Errorf("a new code:\n%.1500s", text)
	}
	if _, text := b.post("/portal/invites/"+list[0].ID+"/revoke", nil); !strings.Contains(text, "The invite is revoked") {
		t.Errorf("revoked:\n%.1500s", text)
	}
	for field, bad := range map[string]string{"applicant": "", "days": "0", "runs": "x", "policy": "x", "region": strings.Repeat("x", 201), "language": "xx", "program": "1.4", "program_link": "http://jobs.example/"} {
		v := url.Values{}
		for k := range wish {
			v.Set(k, wish.Get(k))
		}
		v.Set(field, bad)
		if status, text := b.post("/portal/invites/new", v); status < 400 || status > 404 || !strings.Contains(text, `role="alert"`) {
			t.Errorf("%s %.10q: %d", field, bad, status)
		}
	}
	status, table := b.send("/portal/invites/file", "file", []byte("applicant\nT-1\nT-2\n"), wish)
	if status != http.StatusOK || strings.Count(table, sample.Origin+"/i/") < 2 {
		t.Errorf("a table: %d %.300s", status, table)
	}
	if status, text := b.send("/portal/invites/file", "file", []byte("applicant\nT-1\nT-1\n"), wish); status != http.StatusBadRequest || !strings.Contains(text, "line") {
		t.Errorf("a table with one twice: %d", status)
	}
	if list, _, _ := o.store.Invites(t.Context(), "", "T-", "", 10, o.now); len(list) != 2 {
		t.Errorf("%d invites of the tables", len(list))
	}
}

// All reports are judged anew into a table, however many there are, and formulas are none in it.
func TestReappraisingAll(t *testing.T) {
	o := newOffice(t)
	slow := sample.Good()
	slow.Download = 8
	o.take(t, "=SLOW", "r", "EU", slow)
	o.take(t, "FAST-1", "r", "EU", sample.Good())
	b := o.person(t, "ana", people.Recruiter)
	b.get("/portal/policies")
	text, _ := assets.Policy("customer-service")
	lax := []byte(strings.Replace(string(text), `"minimum": 10, "recommended": 25`, `"minimum": 5, "recommended": 6`, 1))
	p, err := policy.Parse(lax)
	if err != nil || string(lax) == string(text) {
		t.Fatal("the policy was not made laxer", err)
	}
	if err := o.store.PutPolicy(t.Context(), store.Policy{Digest: policy.Digest(lax), ID: p.ID, Version: 9, Text: lax, Added: o.now}); err != nil {
		t.Fatal(err)
	}
	status, table := b.get("/portal/reappraise/all?policy=" + policy.Digest(lax))
	if status != http.StatusOK || strings.Count(table, "\r\n") != 3 || !strings.Contains(table, "'=SLOW") || !strings.Contains(table, ",not-ready,ready,yes,Download speed,") || !strings.Contains(table, ",ready,ready,no,,") {
		t.Errorf("%d\n%s", status, table)
	}
	if status, _ := o.person(t, "sue", people.Support).get("/portal/reappraise/all?policy=" + policy.Digest(lax)); status != http.StatusForbidden {
		t.Errorf("support: %d", status)
	}
}
