package gui

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui/model"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
	"linecheck/report/tlog"
)

const policyText = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"up","check":"net","metric":"up.mbps","at_least":{"minimum":3},"finding":"net.slow","fault":"network","source":"s"}]}`

// line is a check that measures at once.
type line struct {
	runs  *atomic.Int32
	voice []byte // what the person agreed to be sent
}

func (line) Spec() checks.Spec {
	return checks.Spec{ID: "net", Revision: 1, Typical: time.Second, Timeout: 5 * time.Second}
}

func (l line) Run(_ context.Context, rec *checks.Recorder) error {
	l.runs.Add(1)
	rec.Voice(l.voice)
	rec.Metric("up.mbps", 4.5, "Mbit/s", 10)
	return nil
}

func newEngine(t *testing.T, home string, invite []byte) (*SessionEngine, *atomic.Int32) {
	runs := &atomic.Int32{}
	e := NewSessionEngine(SessionConfig{Session: session.Options{Home: home, Policy: []byte(policyText), Program: report.Program{Name: "linecheck"}, PDF: drawn}, Copies: copies(t, home),
		Read: func(context.Context, model.Wish) ([]byte, error) { return invite, nil },
		Checks: func(model.Preferences) (session.Make, error) {
			return func(session.Far, policy.Policy) []checks.Check { return []checks.Check{line{runs, []byte("fLaC...")}} }, nil
		}})
	t.Cleanup(e.Close)
	return e, runs
}

// drawn stands in for the drawing of a report, which is another room's.
func drawn(bundle.Bundle, string, []byte) ([]byte, error) { return []byte("%PDF"), nil }

// copies is the folder for what the person is to find.
func copies(t *testing.T, home string) string {
	t.Helper()
	dir := filepath.Join(home, "documents")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// anInvite is the wish for the invite that the engine reads.
func anInvite() model.Wish { return model.Wish{Text: "invite"} }

func open(t *testing.T, e *SessionEngine, w model.Wish) model.Offer {
	t.Helper()
	o, err := e.Open(t.Context(), w, model.Preferences{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestASelfCheckIsSavedAndNotSent(t *testing.T) {
	home := t.TempDir()
	e, _ := newEngine(t, home, nil)
	if o := open(t, e, anInvite()); o.Invite != nil || o.Unconfirmed != "" || len(o.Plan) != 1 || o.Plan[0].Kept {
		t.Fatalf("%+v", o)
	}
	finished := 0
	out := e.Run(t.Context(), nil, func(ev checks.Event) {
		if ev.Type == checks.EventFinished {
			finished++
		}
	})
	if finished != 1 || out.Stopped || out.Appraisal.Verdict != report.Ready || len(out.Evidence) != 1 {
		t.Fatalf("%d finished: %+v", finished, out)
	}
	d := e.Deliver(t.Context(), "", true)
	if d.Sent || d.Waiting || d.Problem != "" || len(d.Files) == 0 {
		t.Fatalf("%+v", d)
	}
	data, err := os.ReadFile(d.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Parse(data); err != nil {
		t.Error(err)
	}
	e.Close()
	if o := open(t, e, anInvite()); o.Sealed || o.Plan[0].Kept {
		t.Errorf("a finished session goes on: %+v", o)
	}
}

// What was measured counts after a restart, unless it is to be measured anew: then it
// stands beside.
func TestKeptAndAgain(t *testing.T) {
	e, runs := newEngine(t, t.TempDir(), nil)
	open(t, e, model.Wish{Self: true})
	e.Run(t.Context(), nil, func(checks.Event) {})
	if o := open(t, e, model.Wish{Self: true}); !o.Plan[0].Kept {
		t.Error("what was measured is lost")
	}
	out := e.Run(t.Context(), []string{"net"}, func(checks.Event) {})
	if m, ok := out.Before["net"].Metric("up.mbps"); !ok || m.Value != 4.5 || runs.Load() != 2 {
		t.Errorf("before: %v, measured %d times", out.Before, runs.Load())
	}
	if o := open(t, e, model.Wish{Self: true}); !o.Plan[0].Kept {
		t.Error("what was measured anew is lost")
	}
	e.Halt("net", true) // nothing runs: no effect
	e.Close()
	e.Halt("net", true)
	e.Keep(model.Place{Screen: model.Result})
}

// Where the person is lasts until the report is delivered, and the program finds the
// session without its invite.
func TestThePlaceLasts(t *testing.T) {
	r := newRecruiter(t)
	home := t.TempDir()
	e, _ := newEngine(t, home, r.offer(t))
	open(t, e, anInvite())
	e.Run(t.Context(), nil, func(checks.Event) {})
	place := model.Place{Screen: model.Review, Name: "Ada", Send: true}
	e.Keep(place)
	e.Close()
	next, _ := newEngine(t, home, nil)
	o := open(t, next, model.Wish{})
	if o.Place != place || o.Invite == nil || !o.Plan[0].Kept {
		t.Fatalf("%+v", o)
	}
	next.Run(t.Context(), nil, func(checks.Event) {})
	if d := next.Deliver(t.Context(), "Ada Lovelace", true); !d.Sent {
		t.Fatalf("%+v", d)
	}
	next.Close()
	if o := open(t, next, model.Wish{}); o.Invite != nil {
		t.Errorf("a session that is over is opened again: %+v", o)
	}
}

// Signed and saved without sending, it can be sent later; and the invite then is known as reported.
func TestSavedFirstAndSentLater(t *testing.T) {
	r := newRecruiter(t)
	home, invite := t.TempDir(), r.offer(t)
	e, _ := newEngine(t, home, invite)
	open(t, e, anInvite())
	e.Run(t.Context(), nil, func(checks.Event) {})
	d := e.Deliver(t.Context(), "Ada Lovelace", false)
	if d.Sent || d.Waiting || d.Problem != "" || r.got.Load() != nil || filepath.Dir(d.PDF) != filepath.Join(home, "documents") || len(d.Code) != 11 || !strings.HasSuffix(d.Lookup, "/r/") {
		t.Fatalf("%+v", d)
	}
	e.Close()
	if o := open(t, e, model.Wish{}); !o.Sealed || o.SentBefore != 0 {
		t.Fatalf("%+v", o)
	}
	if d := e.Deliver(t.Context(), "", true); !d.Sent {
		t.Fatalf("%+v", d)
	}
	e.Close()
	if o := open(t, e, anInvite()); o.Reported.IsZero() {
		t.Errorf("not known as reported: %+v", o)
	}
}

func TestAStoppedRunIsNotJudged(t *testing.T) {
	e, _ := newEngine(t, t.TempDir(), nil)
	open(t, e, anInvite())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out := e.Run(ctx, nil, func(checks.Event) {}); !out.Stopped {
		t.Errorf("%+v", out)
	}
}

func TestWhatCannotBeOpened(t *testing.T) {
	home := t.TempDir()
	first, _ := newEngine(t, home, nil)
	open(t, first, anInvite())
	second, _ := newEngine(t, home, nil)
	if _, err := second.Open(t.Context(), anInvite(), model.Preferences{}); !errors.Is(err, session.ErrBusy) {
		t.Errorf("two windows on one session: %v", err)
	}
	bad, _ := newEngine(t, t.TempDir(), []byte("linecheck://invite/%%%"))
	var no *session.Refusal
	if _, err := bad.Open(t.Context(), anInvite(), model.Preferences{}); !errors.As(err, &no) || no.Code != "invite.malformed" {
		t.Errorf("a damaged link: %v", err)
	}
}

// recruiter is a server that confirms its invites and takes reports in, while up.
type recruiter struct {
	root, invite, receipt envelope.PrivateKey
	server                *httptest.Server
	up                    atomic.Bool
	born                  time.Time
	voice                 bool                          // its invites ask for a recording
	program               *report.NeededProgram         // what they ask of the program
	got                   atomic.Pointer[bundle.Bundle] // the report that came last
}

func newRecruiter(t *testing.T) *recruiter {
	t.Helper()
	r := &recruiter{born: time.Now().UTC().Truncate(time.Second)}
	for _, k := range []*envelope.PrivateKey{&r.root, &r.invite, &r.receipt} {
		var err error
		if *k, err = envelope.NewKey(rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	r.up.Store(true)
	r.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch {
		case q.URL.Path == exchange.TrustPath:
			r.answer(t, w, r.root, report.TrustType, r.trust(), envelope.On("root", r.root.Public().Digest()))
		case q.URL.Path == exchange.ReportPath && r.up.Load():
			r.takeIn(t, w, q)
		default:
			http.Error(w, "away", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(r.server.Close)
	return r
}

// trust is always the same file: another one of the same version would be refused.
func (r *recruiter) trust() report.Trust {
	now := r.born
	key := func(role report.KeyRole, k envelope.PrivateKey) report.TrustedKey {
		return report.TrustedKey{Role: role, Alg: "ed25519", Key: k.Public().ID(), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	}
	return report.Trust{Tenant: "t1", Name: "Example", Version: 1, Issued: now.Add(-time.Hour), Origins: []string{r.server.URL}, Revoked: []string{},
		Keys: []report.TrustedKey{key(report.RoleInvite, r.invite), key(report.RoleReceipt, r.receipt)}}
}

func (r *recruiter) takeIn(t *testing.T, w http.ResponseWriter, q *http.Request) {
	data, err := io.ReadAll(q.Body)
	if err != nil {
		t.Error(err)
	}
	b, err := bundle.Parse(data)
	if err != nil {
		t.Error(err)
	}
	r.got.Store(&b)
	digest, err := b.Report.Digest()
	if err != nil {
		t.Error(err)
	}
	var log tlog.Memory
	now := time.Now().UTC().Truncate(time.Second)
	entry, err := log.Add(strings.Repeat("0", 32), 0, tlog.Commitment(digest, now), [tlog.SaltSize]byte{1})
	if err != nil {
		t.Error(err)
	}
	r.answer(t, w, r.receipt, report.ReceiptType, report.Receipt{InviteID: strings.Repeat("0", 32), ReportSHA256: digest, Received: now, Run: 1, Runs: 1, Log: entry},
		envelope.On("report", digest))
}

func (r *recruiter) answer(t *testing.T, w http.ResponseWriter, k envelope.PrivateKey, kind string, v any, on envelope.Subject) {
	e, err := envelope.Seal(k, kind, []envelope.Subject{on}, v)
	if err != nil {
		t.Error(err)
	}
	data, err := e.Bytes()
	if err != nil {
		t.Error(err)
	}
	_, _ = w.Write(data)
}

// offer is an invite of this recruiter.
func (r *recruiter) offer(t *testing.T) []byte {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	e, err := envelope.Seal(r.invite, report.InviteType, []envelope.Subject{envelope.On("policy", policy.Digest([]byte(policyText)))}, report.Invite{
		ID: strings.Repeat("0", 32), Nonce: strings.Repeat("1", 32), Tenant: "t1", Origin: r.server.URL, ProbePin: exchange.PinOf(r.server.Certificate()), Applicant: "A-1",
		Role: "agent", Region: "EU", Issued: now, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(time.Hour), Runs: 1, LegalName: true, VoiceSample: r.voice, Program: r.program, Policy: policyText})
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A voice that was agreed to goes where it was asked for, and nowhere else.
func TestAVoiceGoesWithTheReport(t *testing.T) {
	for _, asked := range []bool{true, false} {
		r := newRecruiter(t)
		r.voice = asked
		e, _ := newEngine(t, t.TempDir(), r.offer(t))
		open(t, e, anInvite())
		e.Run(t.Context(), nil, func(checks.Event) {})
		e.Close() // what was agreed to is kept like what was measured
		open(t, e, anInvite())
		e.Run(t.Context(), nil, func(checks.Event) {})
		if d := e.Deliver(t.Context(), "Ada Lovelace", true); !d.Sent {
			t.Fatalf("%+v", d)
		}
		if got := r.got.Load(); (got.Voice != nil) != asked {
			t.Errorf("asked %v, sent %q", asked, got.Voice)
		}
	}
}

func TestAnInvitedReportIsSent(t *testing.T) {
	r := newRecruiter(t)
	e, _ := newEngine(t, t.TempDir(), r.offer(t))
	if o := open(t, e, anInvite()); o.Sender != "Example" || o.Invite == nil || o.Unconfirmed != "" {
		t.Fatalf("%+v", o)
	}
	e.Run(t.Context(), nil, func(checks.Event) {})
	d := e.Deliver(t.Context(), "Ada Lovelace", true)
	if !d.Sent || d.Problem != "" || time.Since(d.Received) > time.Minute || len(d.Files) == 0 {
		t.Fatalf("%+v", d)
	}
}

// A report that could not be sent is sent when the program is opened again.
func TestAnUnsentReportIsSentNextTime(t *testing.T) {
	r := newRecruiter(t)
	home, invite := t.TempDir(), r.offer(t)
	e, _ := newEngine(t, home, invite)
	open(t, e, anInvite())
	e.Run(t.Context(), nil, func(checks.Event) {})
	r.up.Store(false)
	if d := e.Deliver(t.Context(), "Ada Lovelace", true); d.Sent || !d.Waiting || d.Problem == "" || len(d.Files) == 0 {
		t.Fatalf("%+v", d)
	}
	e.Close()
	r.up.Store(true)
	again, _ := newEngine(t, home, invite)
	if o := open(t, again, anInvite()); !o.Sealed || o.SentBefore != 1 {
		t.Errorf("the invite's session begins anew: %+v", o)
	}
	again.Run(t.Context(), nil, func(checks.Event) {})
	if d := again.Deliver(t.Context(), "", true); !d.Sent {
		t.Errorf("a report that is in is not known as sent: %+v", d)
	}
}

// Opened without the invite it is sent too, and said.
func TestAnUnsentReportIsSentFromAnywhere(t *testing.T) {
	r := newRecruiter(t)
	home := t.TempDir()
	e, _ := newEngine(t, home, r.offer(t))
	open(t, e, anInvite())
	e.Run(t.Context(), nil, func(checks.Event) {})
	r.up.Store(false)
	e.Deliver(t.Context(), "Ada Lovelace", true)
	e.Close()
	r.up.Store(true)
	next, _ := newEngine(t, home, nil)
	if o := open(t, next, model.Wish{Self: true}); o.SentBefore != 1 {
		t.Errorf("%d waiting reports were sent", o.SentBefore)
	}
}

// A server that is away: the check runs, and nothing is sent.
func TestAServerThatIsAway(t *testing.T) {
	r := newRecruiter(t)
	invite := r.offer(t)
	r.server.Close()
	e, _ := newEngine(t, t.TempDir(), invite)
	o := open(t, e, anInvite())
	if o.Unconfirmed == "" || o.Sender != "" {
		t.Errorf("%+v", o)
	}
	if out := e.Run(t.Context(), nil, func(checks.Event) {}); out.Appraisal.Verdict != report.Ready {
		t.Errorf("%+v", out)
	}
}
