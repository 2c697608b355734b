package landing

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

const offers = "You have a report already"

// again is a wish whose policy lets reports serve again, bent.
func (r *rig) again(bend func(*invites.Wish)) invites.Wish {
	w := wish()
	w.PolicyText = r.reusable()
	if bend != nil {
		bend(&w)
	}
	return w
}

// An earlier report is offered where the policy allows it, it is still good, it is the same
// applicant's, and it would do them good.
func TestWhatIsOffered(t *testing.T) {
	slow := sample.Line{Download: 2, Upload: 1, Noise: -20}
	signed := sample.Good()
	signed.Signature = "Anna Lee"
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		first, second func(*invites.Wish)
		line          sample.Line
		decision      store.Decision
		later         time.Duration
		want          bool
	}{
		"allowed":                   {nil, nil, sample.Good(), "", day, true},
		"on its last day":           {nil, nil, sample.Good(), "", 90*day - time.Hour, true},
		"expired":                   {nil, nil, sample.Good(), "", 90*day + time.Hour, false},
		"the policy does not allow": {func(w *invites.Wish) { w.PolicyText = nil }, func(w *invites.Wish) { w.PolicyText = nil }, sample.Good(), "", day, false},
		"of a policy that does not": {func(w *invites.Wish) { w.PolicyText = nil }, nil, sample.Good(), "", day, false},
		"another policy": {func(w *invites.Wish) {
			w.PolicyText = []byte(strings.Replace(string(w.PolicyText), `"version": 4`, `"version": 5`, 1))
		}, nil, sample.Good(), "", day, false},
		"another applicant":          {func(w *invites.Wish) { w.Applicant = "A-18" }, nil, sample.Good(), "", day, false},
		"another role":               {func(w *invites.Wish) { w.Role, w.Region = "x", "y" }, nil, sample.Good(), "", day, true},
		"not good enough":            {nil, nil, slow, "", day, false},
		"not good enough, and taken": {nil, nil, slow, store.Waived, day, true},
		"to be repeated":             {nil, nil, sample.Good(), store.Repeat, day, false},
		"accepted":                   {nil, nil, sample.Good(), store.Accepted, day, true},
		"no signature":               {nil, func(w *invites.Wish) { w.LegalName = true }, sample.Good(), "", day, false},
		"a signature":                {func(w *invites.Wish) { w.LegalName = true }, func(w *invites.Wish) { w.LegalName = true }, signed, "", day, true},
	} {
		r := newRig(t, organisation)
		d := r.report(r.invite(r.again(c.first)), c.line)
		if c.decision != "" {
			r.decide(d, c.decision, "")
		}
		r.now = r.now.Add(c.later)
		second := r.invite(r.again(c.second))
		if got := strings.Contains(r.page(second), offers); got != c.want {
			t.Errorf("%s: offered: %v", name, got)
		}
		if w := r.send(second, d, "same-origin"); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", name, w.Code)
		}
		if got := strings.Contains(r.page(second), "Your earlier report is used") || strings.Contains(r.page(second), "was accepted"); got != c.want {
			t.Errorf("%s: it serves: %v", name, got)
		}
	}
}

// send sends the form of an offer, as a browser does that comes from a site.
func (r *rig) send(i invites.Issued, digest, site string) *httptest.ResponseRecorder {
	return r.ask(http.MethodPost, Prefix+i.Code+"/reuse?lang=de#"+url.Values{"report": {digest}}.Encode(), "Sec-Fetch-Site", site)
}

// What was offered serves once it was said so on the page itself, and the trail knows.
func TestUsingAReportAgain(t *testing.T) {
	r := newRig(t, organisation)
	d := r.report(r.invite(r.again(nil)), sample.Good())
	r.now = r.now.Add(time.Hour)
	i := r.invite(r.again(nil))
	for site, want := range map[string]int{"cross-site": 403, "same-site": 403} {
		if w := r.send(i, d, site); w.Code != want {
			t.Errorf("from %s: %d", site, w.Code)
		}
	}
	if w := r.ask(http.MethodPost, Prefix+i.Code+"/reuse#report="+d, "Origin", "https://evil.example"); w.Code != 403 {
		t.Errorf("from another site: %d", w.Code)
	}
	if w := r.send(i, strings.Repeat("0", 64), "same-origin"); w.Code != 303 || !strings.Contains(r.page(i), offers) {
		t.Errorf("another report: %d", w.Code)
	}
	if w := r.ask(http.MethodPost, Prefix+i.Code+"/reuse#report="+strings.Repeat("x", 100_000), "Sec-Fetch-Site", "same-origin"); w.Code != 303 {
		t.Errorf("a long form: %d", w.Code)
	}
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			w := r.askAgain(http.MethodPost, Prefix+i.Code+"/reuse?lang=de#report="+d, "Sec-Fetch-Site", "same-origin")
			if w.Code != 303 || w.Header().Get("Location") != Prefix+i.Code+"?lang=de" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
		})
	}
	wait.Wait()
	page := r.page(i)
	for _, text := range []string{"Your earlier report is used", "sent on 1 March 2026, 12:00 UTC", "30 May 2026", "gets in touch"} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is missing\n%s", text, page)
		}
	}
	if strings.Contains(page, "linecheck://") || strings.Contains(page, offers) {
		t.Errorf("%s", page)
	}
	if got, _, err := r.store.Reused(t.Context(), i.ID); err != nil || got.Digest != d {
		t.Errorf("%+v %v", got, err)
	}
	trail, err := r.store.Trail(t.Context(), 0, 10)
	if err != nil || len(trail) == 0 || trail[0].What != "report.reused" || trail[0].Subject != d || trail[0].Detail != "invite "+i.ID || trail[0].Who != "applicant" {
		t.Errorf("%+v %v", trail, err)
	}
	r.decide(d, store.Repeat, "too long ago")
	if page := r.page(i); !strings.Contains(page, "Please check again") || !strings.Contains(page, "too long ago") || strings.Contains(page, offers) {
		t.Errorf("%s", page)
	}
	r.now = r.now.Add(time.Hour)
	r.report(i, sample.Good())
	if page := r.page(i); !strings.Contains(page, "Your report has arrived") {
		t.Errorf("the new report: %s", page)
	}
}

// Another organisation's report is offered to nobody.
func TestAnotherOrganisationsReport(t *testing.T) {
	r := newRig(t, organisation)
	other := newRigIn(t, r.store.Store, "Other")
	d := other.report(other.invite(other.again(nil)), sample.Good())
	i := r.invite(r.again(nil))
	r.send(i, d, "same-origin")
	if page := r.page(i); strings.Contains(page, offers) || !strings.Contains(page, "linecheck://") {
		t.Errorf("%s", page)
	}
}

// A report that was erased is offered no more, and serves no more.
func TestAnErasedReport(t *testing.T) {
	r := newRig(t, organisation)
	d := r.report(r.invite(r.again(nil)), sample.Good())
	i := r.invite(r.again(nil))
	r.send(i, d, "same-origin")
	if err := r.store.Erase(t.Context(), d, r.now); err != nil {
		t.Fatal(err)
	}
	if page := r.page(i); strings.Contains(page, offers) || strings.Contains(page, "is used") || !strings.Contains(page, "linecheck://") {
		t.Errorf("%s", page)
	}
}

// A report that nobody decided about counts for as long as its policy says; a decision stands.
func TestAReportThatIsTooOld(t *testing.T) {
	r := newRig(t, organisation)
	w := wish()
	i := r.invite(w)
	d := r.report(i, sample.Good())
	r.now = r.now.AddDate(0, 0, 90)
	if page := r.page(i); !strings.Contains(page, "Your report has arrived") {
		t.Errorf("on its last day: %s", page)
	}
	r.now = r.now.Add(time.Hour)
	if page := r.page(i); !strings.Contains(page, "Your report counts no longer") || !strings.Contains(page, "30 May 2026, 12:00 UTC") || len(wrong(page)) > 0 {
		t.Errorf("%s", page)
	}
	r.decide(d, store.Accepted, "")
	if page := r.page(i); !strings.Contains(page, "was accepted") {
		t.Errorf("%s", page)
	}
}
