package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

func TestADelivery(t *testing.T) {
	r := newReceiver(t, nil)
	s := newSender(t, openStore(t, t.TempDir()), r)
	var mu sync.Mutex
	outcomes := map[string]int{}
	s.Count = func(o string) { mu.Lock(); outcomes[o]++; mu.Unlock() }
	h := s.addTo(t, r.URL+"/in?key=1")
	other := s.addTo(t, r.URL+"/other", ReportErased)
	defer s.run(t)()
	s.tell(t, ReportReceived, "d1")
	m := r.next(t)
	if err := verified(t, m, h.Secret); err != nil {
		t.Error(err)
	}
	if err := verified(t, m, other.Secret); err == nil {
		t.Error("another's secret verifies it")
	}
	var body map[string]any
	if err := json.Unmarshal(m.body, &body); err != nil {
		t.Fatal(err)
	}
	if at, err := time.Parse(time.RFC3339, body["timestamp"].(string)); err != nil || time.Since(at) > time.Minute {
		t.Errorf("%v %v", body["timestamp"], err)
	}
	delete(body, "timestamp")
	want := map[string]any{"type": "report.received", "data": map[string]any{
		"report": "d1", "invite": "inv", "applicant": "A-17", "role": "customer-service", "region": "EU", "verdict": "ready", "observed": true,
		"link": "https://jobs.example:8443/portal/reports/d1",
	}}
	if diff := cmp.Diff(want, body); diff != "" || m.path != "/in" || m.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s %v", diff, m.path, m.header)
	}
	d := s.settled(t, h.ID)
	if d.State != store.Done || d.Tries != 1 || d.Answer != "HTTP 204" || d.ID != m.id || strings.ContainsAny(d.ID, ". ") {
		t.Errorf("%+v", d)
	}
	mu.Lock()
	defer mu.Unlock()
	if outcomes["delivered"] != 1 || len(outcomes) != 1 {
		t.Errorf("%v", outcomes)
	}
}

// What happened is the same event however often it is told; what happened again is another.
func TestTheSameEventIsToldOnce(t *testing.T) {
	s := newSender(t, openStore(t, t.TempDir()))
	h := s.addTo(t, "https://ats.example/in")
	now := time.Now()
	tell := func(event string, d Data, at time.Time, want int) {
		t.Helper()
		if err := s.Tell(t.Context(), event, d, at); err != nil {
			t.Fatal(err)
		}
		list, err := s.Deliveries(t.Context(), h.ID, 100)
		if len(list) != want || err != nil {
			t.Errorf("%d deliveries (%v), want %d", len(list), err, want)
		}
	}
	tell(ReportReceived, about("d1"), now, 1)
	tell(ReportReceived, about("d1"), now.Add(time.Hour), 1)
	tell(ReportReceived, about("d2"), now, 2)
	decided := about("d1")
	decided.Decision = store.Accepted
	tell(ReportDecided, decided, now, 3)
	tell(ReportDecided, decided, now, 3)
	tell(ReportDecided, decided, now.Add(time.Second), 4)
	decided.Decision = store.Waived
	tell(ReportDecided, decided, now, 5)
	tell(ReportErased, about("d1"), now, 6)
	list, err := s.Deliveries(t.Context(), h.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if text := string(d.Body); d.Type == ReportErased && strings.Contains(text, "A-17") || d.Type == ReportDecided && !strings.Contains(text, `"decision":"`) {
			t.Errorf("%s", text)
		}
	}
	for _, event := range []string{"", "report.none", test} {
		if err := s.Tell(t.Context(), event, about("d"), now); err == nil {
			t.Errorf("%q is an event", event)
		}
	}
	if err := s.Tell(t.Context(), ReportReceived, Data{}, now); err == nil {
		t.Error("an event without a report")
	}
}

// What an applicant's reference holds does not break out of the body.
func TestOddReferences(t *testing.T) {
	s := newSender(t, openStore(t, t.TempDir()))
	h := s.addTo(t, "https://ats.example/in")
	d := about("../../x?y#z")
	d.Applicant = "\"}\n\x00\u202e<script>" + strings.Repeat("x", 10_000)
	if err := s.Tell(t.Context(), ReportReceived, d, time.Now()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Data struct{ Applicant, Link string }
	}
	if err := json.Unmarshal(s.only(t, h.ID).Body, &got); err != nil || got.Data.Applicant != d.Applicant {
		t.Errorf("%v %q", err, got)
	}
	if !strings.HasPrefix(got.Data.Link, "https://jobs.example:8443/") {
		t.Error(got.Data.Link)
	}
}

func TestAdd(t *testing.T) {
	s := newSender(t, openStore(t, t.TempDir()))
	for _, c := range []struct {
		url   string
		err   error // where the operator has not opened the network
		inner error // where it is open
	}{
		{"https://ats.example/in", nil, nil}, {"https://ats.example:8443/in?a=b", nil, nil}, {"https://8.8.8.8/", nil, nil}, {"https://[2606:4700::1111]/", nil, nil},
		{"http://ats.example/in", ErrURL, ErrURL}, {"ftp://ats.example", ErrURL, ErrURL}, {"ats.example", ErrURL, ErrURL}, {"", ErrURL, ErrURL}, {"https://", ErrURL, ErrURL},
		{"https:///in", ErrURL, ErrURL}, {"https://user:pass@ats.example", ErrURL, ErrURL}, {"https://ats.example/#x", ErrURL, ErrURL}, {"https://a\nb.example", ErrURL, ErrURL},
		{"https://ats.example/\xff", ErrURL, ErrURL}, {"https://moc.\u202eelpmaxe.example/", ErrURL, ErrURL}, {"https://ats.example/żółw", nil, nil},
		{"https://ats.example/" + strings.Repeat("x", 2000), ErrURL, ErrURL}, {"file:///etc/passwd", ErrURL, ErrURL}, {"https://:443/", ErrURL, ErrURL},
		{"https://127.0.0.1/", ErrPrivate, nil}, {"http://127.0.0.1:8080/", ErrPrivate, nil}, {"http://localhost/", ErrPrivate, nil}, {"http://[::1]:1/", ErrPrivate, nil},
		{"https://10.0.0.1/", ErrPrivate, nil}, {"http://10.0.0.1/", ErrURL, ErrURL}, {"https://ats/", ErrPrivate, nil}, {"https://ats.corp.internal/", ErrPrivate, nil},
		{"https://[::ffff:127.0.0.1]/", ErrPrivate, nil}, {"https://169.254.169.254/", ErrPrivate, nil}, // at the latest refused when it is connected to
	} {
		for allow, want := range map[bool]error{false: c.err, true: c.inner} {
			s.AllowPrivate = allow
			if h, err := s.Add(t.Context(), c.url, Events(), time.Now()); !errors.Is(err, want) || (err == nil) != (h.ID != 0) {
				t.Errorf("%q with private %v: %v, want %v", c.url, allow, err, want)
			}
		}
	}
	for _, events := range [][]string{nil, {}, {"report.none"}, {ReportReceived, ""}, {test}} {
		if _, err := s.Add(t.Context(), "https://ats.example", events, time.Now()); !errors.Is(err, ErrEvents) {
			t.Errorf("%q: %v", events, err)
		}
	}
	one := s.addTo(t, "https://ats.example", ReportErased, ReportErased, ReportDecided)
	two := s.addTo(t, "https://ats.example")
	if diff := cmp.Diff([]string{ReportDecided, ReportErased}, one.Events); diff != "" || one.Secret == two.Secret || !strings.HasPrefix(one.Secret, "whsec_") {
		t.Errorf("%s %s", diff, one.Secret)
	}
	list, err := s.List(t.Context())
	if err != nil || !cmp.Equal(list[len(list)-2:], []store.Hook{one, two}) {
		t.Errorf("%v %+v", err, list)
	}
	if err := s.Remove(t.Context(), two.ID); err != nil {
		t.Error(err)
	}
	if err := s.Remove(t.Context(), two.ID); !errors.Is(err, store.ErrNoHook) {
		t.Error(err)
	}
}

// A secret that was changed signs for one more day, beside the new one.
func TestRotate(t *testing.T) {
	r := newReceiver(t, nil)
	s := newSender(t, openStore(t, t.TempDir()), r)
	h := s.addTo(t, r.URL)
	now := time.Now()
	fresh, err := s.Rotate(t.Context(), h.ID, now)
	if err != nil {
		t.Fatal(err)
	}
	try := func(at time.Time) (received, error) {
		t.Helper()
		if d, err := s.Try(t.Context(), h.ID, at); err != nil || d.State != store.Done {
			t.Fatalf("%+v %v", d, err)
		}
		m := r.next(t)
		return m, verified(t, m, h.Secret)
	}
	m, former := try(now)
	if err := verified(t, m, fresh); err != nil || former != nil || fresh == h.Secret {
		t.Errorf("the new one: %v, the former: %v", err, former)
	}
	if got := strings.Fields(m.header.Get("Webhook-Signature")); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if m, _ := try(now.Add(formerLife)); len(strings.Fields(m.header.Get("Webhook-Signature"))) != 1 {
		t.Errorf("after a day the former one still signs")
	}
	if _, err := s.Rotate(t.Context(), h.ID+1, now); !errors.Is(err, store.ErrNoHook) {
		t.Error(err)
	}
}

// A test is sent at once, says what came of it, and is not tried again.
func TestTry(t *testing.T) {
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, n int) { w.WriteHeader([]int{204, 500}[n-1]) })
	s := newSender(t, openStore(t, t.TempDir()), r)
	h := s.addTo(t, r.URL, ReportErased)
	if d, err := s.Try(t.Context(), h.ID, time.Now()); err != nil || d.State != store.Done || d.Answer != "HTTP 204" {
		t.Errorf("%+v %v", d, err)
	}
	if m := r.next(t); verified(t, m, h.Secret) != nil || !strings.Contains(string(m.body), `"type":"hook.test"`) {
		t.Errorf("%s", m.body)
	}
	if d, err := s.Try(t.Context(), h.ID, time.Now()); err != nil || d.State != store.GivenUp || d.Answer != "HTTP 500" {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := s.Try(t.Context(), h.ID+1, time.Now()); !errors.Is(err, store.ErrNoHook) {
		t.Error(err)
	}
	if list, err := s.Deliveries(t.Context(), h.ID, 10); err != nil || len(list) != 2 {
		t.Errorf("%+v %v", list, err)
	}
}

// What is told from many places at once is all kept, for this organisation alone.
func TestTellFromManyPlaces(t *testing.T) {
	r := newReceiver(t, nil)
	db, err := store.Open(t.TempDir())
	s := newSender(t, tenantOf(t, db, err, tenant), r)
	other := newSender(t, tenantOf(t, db, nil, "fedcba9876543210"), r)
	s.addTo(t, r.URL+"/one")
	stranger := other.addTo(t, r.URL+"/other")
	defer s.run(t)()
	defer other.run(t)()
	const most = 60
	var wait sync.WaitGroup
	for i := range 2 * most {
		wait.Go(func() { s.tell(t, ReportReceived, fmt.Sprint(i%most)) })
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	wait.Go(func() { // nobody loses by one who goes away
		if err := s.Tell(gone, ReportReceived, about("0"), time.Now()); err != nil {
			t.Error(err)
		}
	})
	wait.Wait()
	seen := map[string]int{}
	for range most {
		m := r.next(t)
		seen[m.id]++
		if m.path != "/one" {
			t.Errorf("another organisation is told: %s", m.path)
		}
	}
	if len(seen) != most {
		t.Errorf("%d of %d", len(seen), most)
	}
	if list, err := other.Deliveries(t.Context(), stranger.ID, 1); len(list) != 0 || err != nil {
		t.Errorf("%v %v", list, err)
	}
}
