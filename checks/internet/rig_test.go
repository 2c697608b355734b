package internet

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"linecheck/checks"
	"linecheck/checks/probe"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// rig is a real probe behind a TLS server, with a session that pins its certificate.
type rig struct {
	srv     *httptest.Server
	session *exchange.Session
	key     envelope.PrivateKey
	base    string // the session's path

	mu     sync.Mutex
	before func(w http.ResponseWriter, r *http.Request) bool
}

// noLeaks fails the test if anything still runs when everything else is cleaned up.
func noLeaks(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigAt(t, "127.0.0.1")
}

// newRigAt is a rig at that address of this computer.
func newRigAt(t *testing.T, host string) *rig {
	t.Helper()
	noLeaks(t)
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p, err := probe.New(probe.Config{Owner: probe.Owner{Key: key}, MediaAddr: net.JoinHostPort(host, "0")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	r := &rig{key: key}
	real := p.Handler()
	r.srv = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		before := r.before
		r.mu.Unlock()
		if before == nil || !before(w, q) {
			real.ServeHTTP(w, q)
		}
	}))
	r.srv.Config.ErrorLog = quiet()
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("%s cannot be listened at: %v", host, err)
	}
	_ = r.srv.Listener.Close()
	// without probe.Listener: what the system's buffers take of an upload on loopback is no line
	r.srv.Listener = ln
	r.srv.StartTLS()
	t.Cleanup(r.srv.Close)
	t.Cleanup(r.srv.CloseClientConnections)
	g, err := p.Open(probe.Subject{InviteID: "i", InviteDigest: strings.Repeat("0", 64), Nonce: "n", SessionKey: "k"}, host)
	if err != nil {
		t.Fatal(err)
	}
	r.session = r.connect(t, r.srv.URL, exchange.PinOf(r.srv.Certificate()), g)
	r.base = exchange.SessionPath + "/" + g.Token
	return r
}

// connect is a session with the server at origin.
func (r *rig) connect(t *testing.T, origin, pin string, g exchange.Grant) *exchange.Session {
	t.Helper()
	c, err := exchange.NewClient(origin, pin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &exchange.Session{Client: c, Grant: g}
}

// intercept answers the requests for which f returns true, in the probe's place.
func (r *rig) intercept(f func(w http.ResponseWriter, q *http.Request) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before = f
}

// config measures against the rig for that long each way.
func (r *rig) config(length time.Duration) Config {
	return Config{
		Far:      func(context.Context) (*exchange.Session, error) { return r.session, nil },
		Open:     r.open,
		Length:   length,
		MaxBytes: 2_000_000_000, // what the buffers of loopback take is no line
	}
}

func (r *rig) open(e envelope.Envelope) (report.Observation, error) {
	o, err := envelope.Open[report.Observation](e, r.key.Public(), report.ObservationType)
	return o.Value(), err
}

// outcome runs the check and keeps what the progress said.
type outcome struct {
	report.Evidence
	obs    []envelope.Envelope
	stages []string
	live   int
	took   time.Duration
}

func measure(ctx context.Context, c checks.Check) outcome {
	var out outcome
	begin := time.Now()
	out.Evidence, out.obs = checks.RunOne(ctx, c, func(p checks.Progress) {
		if len(out.stages) == 0 || out.stages[len(out.stages)-1] != p.Stage {
			out.stages = append(out.stages, p.Stage)
		}
		out.live += len(p.Live)
	})
	out.took = time.Since(begin)
	return out
}

// want checks outcome, reason and fault.
func (o outcome) want(t *testing.T, outcome report.Outcome, reason string, fault report.Fault) {
	t.Helper()
	if o.Outcome != outcome || o.Reason != reason || o.Fault != fault {
		t.Errorf("%s %q %q after %v, want %s %q %q", o.Outcome, o.Reason, o.Fault, o.took, outcome, reason, fault)
	}
}

// has fails unless exactly these metrics are there.
func (o outcome) has(t *testing.T, keys ...string) {
	t.Helper()
	want := map[string]bool{}
	for _, k := range keys {
		want["internet."+k] = true
		if _, ok := o.Metric("internet." + k); !ok {
			t.Errorf("internet.%s is absent", k)
		}
	}
	for _, m := range o.Metrics {
		if !want[m.Key] {
			t.Errorf("%s = %v is there, want it absent", m.Key, m.Value)
		}
	}
}
