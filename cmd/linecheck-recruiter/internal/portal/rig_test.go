package portal_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"

	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/portal"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
)

// office is a portal with an organisation behind it.
type office struct {
	*sample.Org
	store  *store.Tenant
	people *people.People
	desk   *intake.Desk
	server *httptest.Server
	now    time.Time
	told   *sync.Map // events by digest
}

func newOffice(t testing.TB) *office {
	t.Helper()
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return officeIn(t, db)
}

func officeIn(t testing.TB, db *store.Store) *office {
	t.Helper()
	o := &office{now: time.Now(), told: &sync.Map{}}
	o.Org = sample.New(t, o.now)
	var err error
	if o.store, err = db.Tenant(t.Context(), o.Tenant); err != nil {
		t.Fatal(err)
	}
	origin, _ := url.Parse(sample.Origin)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	o.people = people.New(o.store, origin, log)
	o.desk = intake.New(o.Keys, o.store, log)
	p, err := portal.New(portal.Config{Trust: o.Keys.Trust, Store: o.store, People: o.people, Intake: o.desk, Invites: invites.NewDesk(o.Keys, o.store, sample.Origin, ""), Hooks: hook.New(o.store, origin, log), Origin: origin, Log: log,
		Tell: func(event, digest string) { o.told.Store(digest, event) }})
	if err != nil {
		t.Fatal(err)
	}
	o.server = httptest.NewTLSServer(p.Handler())
	t.Cleanup(o.server.Close)
	return o
}

// take takes a report of an applicant in and returns its digest.
func (o *office) take(t testing.TB, applicant, role, region string, l sample.Line) (digest string, inv report.Invite) {
	t.Helper()
	inv, sealed := o.Invite(t, applicant, role, region, o.now)
	_, digest, err := o.desk.TakeIn(t.Context(), sample.JSON(t, o.Report(t, inv, sealed, l, o.now)), "program", o.now)
	if err != nil {
		t.Fatal(err)
	}
	return digest, inv
}

// browser is somebody's browser.
type browser struct {
	t      testing.TB
	client *http.Client
	base   string
}

func (o *office) browser(t testing.TB) *browser {
	jar, _ := cookiejar.New(nil)
	c := *o.server.Client()
	c.Jar = jar
	return &browser{t, &c, o.server.URL}
}

const password = "correct horse battery"

// person is the browser of somebody who has signed in.
func (o *office) person(t testing.TB, login string, role people.Role) *browser {
	t.Helper()
	secret := o.hire(t, login, role)
	b := o.browser(t)
	status, text := b.post("/portal/sign-in", url.Values{"login": {login}, "password": {password}, "code": {codeAt(secret, time.Now())}})
	if status != http.StatusOK || !strings.Contains(text, "Sign out") {
		t.Fatalf("signing in: %d\n%.800s", status, text)
	}
	return b
}

// hire adds a person who has set up the account, and returns the secret of their codes.
func (o *office) hire(t testing.TB, login string, role people.Role) (secret string) {
	t.Helper()
	code, _, err := o.people.Add(t.Context(), login, "", role, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, uri, err := o.people.BeginSetup(t.Context(), code, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(uri)
	secret = u.Query().Get("secret")
	// The code of the step before, so that the present one is still good for signing in.
	if _, err := o.people.FinishSetup(t.Context(), code, password, codeAt(secret, time.Now().Add(-30*time.Second)), time.Now()); err != nil {
		t.Fatal(err)
	}
	return secret
}

func codeAt(secret string, at time.Time) string {
	code, _ := totp.GenerateCode(secret, at)
	return code
}

func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	r, err := b.client.Get(b.base + path)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(r)
}

func (b *browser) read(r *http.Response) (int, string) {
	b.t.Helper()
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		wellFormed(b.t, r, string(data))
	}
	return r.StatusCode, string(data)
}

func (b *browser) post(path string, form url.Values) (int, string) {
	b.t.Helper()
	req, _ := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(r)
}

// send posts a form with a file.
func (b *browser) send(path, field string, file []byte, form url.Values) (int, string) {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, list := range form {
		_ = w.WriteField(k, list[0])
	}
	if file != nil {
		f, _ := w.CreateFormFile(field, "a file")
		_, _ = f.Write(file)
	}
	w.Close()
	req, _ := http.NewRequest(http.MethodPost, b.base+path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(r)
}

// wellFormed checks what is to hold for every page: the strict policy, no text that is missing, every field named.
func wellFormed(t testing.TB, r *http.Response, page string) {
	t.Helper()
	if csp := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: policy %q", r.Request.URL, csp)
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, heads := map[string]int{}, 0
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				ids[a.Val]++
			case a.Key == "style", strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s: <%s %s=…>", r.Request.URL, n.Data, a.Key)
			}
		}
		if n.Type == html.ElementNode && n.Data == "h1" {
			heads++
		}
		if n.Type == html.TextNode && n.Parent.Data != "pre" && n.Parent.Data != "code" && missing(strings.TrimSpace(n.Data)) {
			t.Errorf("%s: the text %q is missing", r.Request.URL, n.Data)
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: %d elements are called %q", r.Request.URL, n, id)
		}
	}
	if heads != 1 || !strings.Contains(page, `<html lang="en">`) {
		t.Errorf("%s: %d headings of the first level", r.Request.URL, heads)
	}
}

// missing says whether a text looks like a key of one.
func missing(s string) bool {
	for _, prefix := range []string{"list.", "report.", "reports.", "menu.", "decide.", "decision.", "effect.", "policy.", "policies.", "people.", "tokens.", "invites.", "new.", "state.", "problem.", "upload.", "pdf.", "step.", "frame.", "observed.", "trail.", "settings.", "role.", "relation.", "erase.", "sign-in.", "setup.", "issued.", "sort."} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && rest != "" && !strings.ContainsAny(rest, " .") {
			return true
		}
	}
	return false
}
