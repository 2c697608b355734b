package landing

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report/envelope"
	"linecheck/report/verify"
)

// rig is an organisation with keys, a database, a desk for invites, one for reports, and the pages.
type rig struct {
	t       testing.TB
	org     *sample.Org
	store   *store.Tenant
	invites *invites.Desk
	intake  *intake.Desk
	pages   *Pages
	now     time.Time
}

const organisation = "Example Support"

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func newRig(t testing.TB, name string) *rig {
	t.Helper()
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return newRigIn(t, db, name)
}

// newRigIn is an organisation among others in a database.
func newRigIn(t testing.TB, db *store.Store, name string) *rig {
	t.Helper()
	k, err := keys.Create(t.TempDir(), name, noon())
	if err == nil {
		err = k.AddOrigin(sample.Origin, noon())
	}
	if err != nil {
		t.Fatal(err)
	}
	trust, err := k.Trust()
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Tenant(t.Context(), trust.Value().Tenant)
	if err != nil {
		t.Fatal(err)
	}
	text, err := assets.Policy("customer-service")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	r := &rig{t: t, org: &sample.Org{Keys: k, Tenant: trust.Value().Tenant, Policy: string(text)}, store: s, now: noon(),
		invites: invites.NewDesk(k, s, sample.Origin, ""), intake: intake.New(k, s, log)}
	origin, err := url.Parse(sample.Origin)
	if err != nil {
		t.Fatal(err)
	}
	if r.pages, err = New(Config{Trust: k.Trust, Store: s, Origin: origin, Downloads: t.TempDir(), Log: log}); err != nil {
		t.Fatal(err)
	}
	r.pages.now = func() time.Time { return r.now }
	return r
}

// reusable is the built-in policy, which lets reports serve again.
func (r *rig) reusable() []byte {
	return []byte(strings.Replace(r.org.Policy, `"valid_days"`, `"reuse": true, "valid_days"`, 1))
}

func wish() invites.Wish {
	return invites.Wish{Applicant: "A-17", Role: "Customer service agent", Region: "EU", Life: invites.UsualLife, Runs: 3}
}

// invite issues an invite.
func (r *rig) invite(w invites.Wish) invites.Issued {
	r.t.Helper()
	list, err := r.invites.Issue(r.t.Context(), []invites.Wish{w}, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return list[0]
}

// report takes a report under an invite in, and returns its digest.
func (r *rig) report(i invites.Issued, line sample.Line) string {
	r.t.Helper()
	e, err := envelope.Parse(i.Sealed)
	if err != nil {
		r.t.Fatal(err)
	}
	o, _, err := verify.Peek(e)
	if err != nil {
		r.t.Fatal(err)
	}
	_, digest, err := r.intake.TakeIn(r.t.Context(), sample.JSON(r.t, r.org.Report(r.t, o.Value(), e, line, r.now)), "program", r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return digest
}

func (r *rig) decide(digest string, kind store.Decision, note string) {
	r.t.Helper()
	if err := r.store.Decide(r.t.Context(), digest, store.Decided{Time: r.now, Person: "rita", Kind: kind, Note: note}); err != nil {
		r.t.Fatal(err)
	}
}

// begin opens a session under an invite.
func (r *rig) begin(i invites.Issued, session string) {
	r.t.Helper()
	inv, err := r.store.InviteByID(r.t.Context(), i.ID)
	if err == nil {
		_, err = r.store.StartRun(r.t.Context(), inv, session, r.now)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// The browsers that visit.
const (
	onWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	onPhone   = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)

// ask sends a request; header are pairs of name and value.
func (r *rig) ask(method, path string, header ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	r.pages.visitor = visitor.New() // each visitor is another one
	return r.askAgain(method, path, header...)
}

func (r *rig) askAgain(method, path string, header ...string) *httptest.ResponseRecorder {
	var form string
	path, form, _ = strings.Cut(path, "#")
	q := httptest.NewRequest(method, path, strings.NewReader(form))
	q.Host, q.TLS = "jobs.example", &tls.ConnectionState{}
	if form != "" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.pages.Handler().ServeHTTP(w, q)
	return w
}

// page is the page of an invite, which is there.
func (r *rig) page(i invites.Issued, header ...string) string {
	r.t.Helper()
	w := r.ask(http.MethodGet, Prefix+i.Code, header...)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}
