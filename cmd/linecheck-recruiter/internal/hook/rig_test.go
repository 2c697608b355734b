package hook

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"linecheck/cmd/internal/pgtest"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
)

var postgres pgtest.Server

func TestMain(m *testing.M) { postgres.Main(m) }

// receiver is somebody else's system, over TLS, that keeps what it is told.
type receiver struct {
	*httptest.Server
	// answer decides what the n-th request gets, from 1; nil is 204.
	answer func(w http.ResponseWriter, r *http.Request, n int)

	mu   sync.Mutex
	got  []received
	came chan received
}

type received struct {
	id, path string
	header   http.Header
	body     []byte
}

func newReceiver(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, n int)) *receiver {
	t.Helper()
	r := &receiver{answer: answer, came: make(chan received, 10_000)}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		m := received{req.Header.Get(webhooks.HeaderWebhookID), req.URL.Path, req.Header, body}
		r.mu.Lock()
		r.got = append(r.got, m)
		n := len(r.got)
		r.mu.Unlock()
		if r.answer == nil {
			w.WriteHeader(http.StatusNoContent)
		} else {
			r.answer(w, req, n)
		}
		r.came <- m
	}))
	r.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

// next is the next request that was answered.
func (r *receiver) next(t testing.TB) received {
	t.Helper()
	select {
	case m := <-r.came:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return received{}
	}
}

// status answers everything with one status.
func status(code int) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(code) }
}

const tenant = "0123456789abcdef"

func openStore(t testing.TB, dir string) *store.Tenant {
	t.Helper()
	s, err := store.Open(dir)
	return tenantOf(t, s, err, tenant)
}

func tenantOf(t testing.TB, s *store.Store, err error, id string) *store.Tenant {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tt, err := s.Tenant(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return tt
}

// newSender is a sender that may reach a receiver on this computer and trusts its certificate.
func newSender(t testing.TB, s *store.Tenant, to ...*receiver) *Sender {
	t.Helper()
	origin, err := url.Parse("https://jobs.example:8443")
	if err != nil {
		t.Fatal(err)
	}
	snd := New(s, origin, slog.New(slog.DiscardHandler))
	snd.AllowPrivate = true
	for _, r := range to {
		transport := snd.inside.Transport.(*http.Transport)
		transport.TLSClientConfig = &tls.Config{RootCAs: r.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		transport.DisableKeepAlives = true // so that nothing waits on the network when the test does
	}
	return snd
}

func (s *Sender) addTo(t testing.TB, address string, events ...string) store.Hook {
	t.Helper()
	if len(events) == 0 {
		events = Events()
	}
	h, err := s.Add(t.Context(), address, events, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// run runs a sender until stop is called, which returns when it has ended.
func (s *Sender) run(t testing.TB) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	return func() { cancel(); <-ended }
}

func (s *Sender) tell(t testing.TB, event, digest string) {
	t.Helper()
	if err := s.Tell(t.Context(), event, about(digest), time.Now()); err != nil {
		t.Fatal(err)
	}
}

// about is what is told of a report.
func about(digest string) Data {
	return Data{Report: digest, Invite: "inv", Applicant: "A-17", Role: "customer-service", Region: "EU", Verdict: report.Ready, Observed: true}
}

// only is the one delivery of a webhook.
func (s *Sender) only(t testing.TB, id int64) store.Delivery {
	t.Helper()
	list, err := s.Deliveries(t.Context(), id, 2)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	return list[0]
}

// settled waits until the one delivery of a webhook is done or given up.
func (s *Sender) settled(t testing.TB, id int64) (d store.Delivery) {
	t.Helper()
	s.wait(t, func() bool { d = s.only(t, id); return d.State != store.Waiting })
	return d
}

// wait waits until something is so.
func (s *Sender) wait(t testing.TB, so func() bool) {
	t.Helper()
	for begin := time.Now(); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("it does not come to it")
		}
	}
}

// verified holds a request against a secret by the library that receivers use.
func verified(t testing.TB, m received, secret string) error {
	t.Helper()
	w, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.VerifyIgnoringTimestamp(append(bytes.Clone(m.body), ' '), m.header); err == nil {
		t.Error("an altered body is verified")
	}
	return w.Verify(m.body, m.header)
}
