package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
)

// raw posts something that need not be a form.
func (b *browser) raw(path, kind, body string) (int, string) {
	b.t.Helper()
	req, _ := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(r)
}

// What is no form is the sender's fault on every page, and changes nothing.
func TestFormsThatAreNone(t *testing.T) {
	o := newOffice(t)
	b := o.person(t, "ana", people.Admin)
	for _, path := range []string{"/portal/upload", "/portal/invites/new", "/portal/invites/file", "/portal/policies", "/portal/webhooks", "/portal/people", "/portal/settings", "/portal/applicants/erase", "/portal/sign-in", "/portal/setup"} {
		for name, c := range map[string][2]string{
			"an odd escape":  {"application/x-www-form-urlencoded", "%zz=%"},
			"no boundary":    {"multipart/form-data", "x"},
			"a broken file":  {"multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nhalf"},
			"nothing at all": {"multipart/form-data; boundary=" + strings.Repeat("b", 100), ""},
			"no media type":  {" ;;", "a=b"},
		} {
			if status, text := b.raw(path, c[0], c[1]); status != http.StatusBadRequest || !strings.Contains(text, "did not arrive whole") {
				t.Errorf("%s, %s: %d\n%.300s", path, name, status, text)
			}
		}
	}
	for _, path := range []string{"/portal/upload", "/portal/invites/file"} {
		for _, kind := range []string{"application/x-www-form-urlencoded", "application/json", "multipart/mixed; boundary=a"} {
			if status, _ := b.raw(path, kind, "{}"); status != http.StatusBadRequest {
				t.Errorf("%s as %s: %d", path, kind, status)
			}
		}
	}
}

// A stranger fills no memory: what they may send to come in is little, in any coat.
func TestStrangersSendLittle(t *testing.T) {
	o := newOffice(t)
	b := o.browser(t)
	long := strings.Repeat("a", 20<<10)
	for _, path := range []string{"/portal/sign-in", "/portal/sign-out", people.SetupPath} {
		if status, _ := b.post(path, url.Values{"login": {long}}); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, status)
		}
		if status, _ := b.send(path, "file", []byte(long), nil); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with a file: %d", path, status)
		}
	}
	if status, _ := b.post("/portal/sign-in", url.Values{"login": {long[:1000]}, "password": {long[:1000]}}); status != http.StatusUnauthorized {
		t.Errorf("a long login: %d", status)
	}
}

// What leads on from a list goes on with its filters.
func TestFiltersInAddresses(t *testing.T) {
	o := newOffice(t)
	mine, _ := o.take(t, "A-1", "sales & more", "EU", sample.Good())
	other, _ := o.take(t, "A-2", "support", "EU", sample.Good())
	b := o.person(t, "ana", people.Recruiter)
	_, list := b.get("/portal/?" + url.Values{"role": {"sales & more"}}.Encode())
	found := regexp.MustCompile(`href="(/portal/(?:export|reappraise)\?[^"]*)"`).FindAllStringSubmatch(list, -1)
	if len(found) < 3 {
		t.Fatalf("%d addresses\n%.3000s", len(found), list)
	}
	for _, m := range found {
		u, err := url.Parse(html.UnescapeString(m[1]))
		if err != nil || u.Query().Get("role") != "sales & more" {
			t.Errorf("%s: %v", m[1], err)
		}
		if _, text := b.get(u.String()); strings.Contains(u.Path, "export") && (!strings.Contains(text, mine) || strings.Contains(text, other)) {
			t.Errorf("%s lets others through:\n%.1000s", u, text)
		}
	}
}

// What stands in the audit log is what was done, and nothing else that came with the form.
func TestTheTrailHoldsWhatWasDone(t *testing.T) {
	o := newOffice(t)
	b := o.person(t, "ana", people.Admin)
	o.hire(t, "ben", people.Support)
	for _, form := range []url.Values{{"do": {"disable"}, "role": {"a story"}}, {"do": {"role"}, "role": {"recruiter"}}} {
		if status, text := b.post("/portal/people/2", form); status != http.StatusOK {
			t.Fatalf("%v: %d\n%.800s", form, status, text)
		}
	}
	acts, err := o.store.Trail(t.Context(), 0, 2)
	if err != nil || len(acts) != 2 || acts[1].What != "person.disable" || acts[1].Detail != "" || acts[0].What != "person.role" || acts[0].Detail != "recruiter" {
		t.Errorf("%+v %v", acts, err)
	}
}

// No cache between a browser and the server keeps an answer that brings somebody's cookie.
func TestNothingIsKeptOnTheWay(t *testing.T) {
	o := newOffice(t)
	b := o.person(t, "ana", people.Admin)
	for _, path := range []string{"/portal/files/portal.css", "/portal/files/portal.js", "/portal/", "/portal/export?format=csv", "/portal/nothing"} {
		r, err := b.client.Get(b.base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		said := strings.Join(r.Header.Values("Cache-Control"), ", ")
		if r.Header.Get("Set-Cookie") != "" && r.StatusCode < 300 && !strings.Contains(said, "private") && !strings.Contains(said, "no-store") {
			t.Errorf("%s: %q", path, said)
		}
	}
}
