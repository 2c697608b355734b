package session

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/tlog"
	"linecheck/report/verify"
)

func newKey(t *testing.T) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func seal[T any](t *testing.T, k envelope.PrivateKey, kind string, v T, on ...envelope.Subject) envelope.Envelope {
	t.Helper()
	e, err := envelope.Seal(k, kind, append([]envelope.Subject{}, on...), v)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// place is the report's in a log of four.
func place(t *testing.T, digest string, received time.Time) (e report.LogEntry) {
	t.Helper()
	var m tlog.Memory
	for n := range int64(4) {
		d := envelope.Digest([]byte{byte(n)})
		if n == 3 {
			d = tlog.Commitment(digest, received)
		}
		var err error
		if e, err = m.Add(strings.Repeat("0", 32), n, d, [tlog.SaltSize]byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// The report leaves the outbox for a receipt whose place in the log is proved, and for no other.
func TestOnlyAProvedReceiptIsTaken(t *testing.T) {
	key := newKey(t)
	now := time.Now().UTC().Truncate(time.Second)
	root := newKey(t)
	trust, err := verify.OpenTrust(seal(t, root, report.TrustType, report.Trust{Tenant: "t", Name: "Example", Version: 1, Issued: now, Origins: []string{}, Revoked: []string{},
		Keys: []report.TrustedKey{{Role: report.RoleReceipt, Alg: "ed25519", Key: key.Public().ID(), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}}},
		envelope.On("root", root.Public().Digest())))
	if err != nil {
		t.Fatal(err)
	}
	session := newKey(t)
	b := bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{}, Report: seal(t, session, report.ReportType, report.Report{Evidence: []report.Evidence{}})}
	digest, err := b.Report.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bend func(*report.Receipt)
		ok   bool
	}{
		"proved":          {func(*report.Receipt) {}, true},
		"no place":        {func(r *report.Receipt) { r.Log = report.LogEntry{} }, false},
		"another's place": {func(r *report.Receipt) { r.Log = place(t, envelope.Digest([]byte("x")), now) }, false},
		"a wrong hash":    {func(r *report.Receipt) { r.Log.Proof = slices.Repeat(r.Log.Proof[:1], 2) }, false},
		"another report": {func(r *report.Receipt) {
			r.ReportSHA256 = envelope.Digest([]byte("x"))
			r.Log = place(t, r.ReportSHA256, now)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			rec := report.Receipt{ReportSHA256: digest, Received: now, Run: 1, Runs: 1, Log: place(t, digest, now)}
			c.bend(&rec)
			answer, err := seal(t, key, report.ReceiptType, rec, envelope.On("report", rec.ReportSHA256)).Bytes()
			if err != nil {
				t.Fatal(err)
			}
			sent, err := sendTo(t, trust, b, answer)
			if (err == nil) != c.ok || (sent.Receipt != nil) != c.ok {
				t.Errorf("%v, receipt %v", err, sent.Receipt != nil)
			}
		})
	}
}

// sendTo sends from an outbox to a server that answers so, and checks that the report is in just one place after.
func sendTo(t *testing.T, trust verify.Trust, b bundle.Bundle, answer []byte) (bundle.Bundle, error) {
	t.Helper()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		_, _ = w.Write(answer)
	}))
	defer srv.Close()
	c, err := exchange.NewClient(srv.URL, exchange.PinOf(srv.Certificate()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h, err := openHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	digest, err := b.Report.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if err := save(h.outboxPath(digest), b); err != nil {
		t.Fatal(err)
	}
	sent, err := send(t.Context(), h, c, trust, b)
	_, waits := os.Stat(h.outboxPath(digest))
	_, kept := os.Stat(h.reportPath(digest))
	if (waits == nil) == (kept == nil) || (err == nil) != (kept == nil) {
		t.Errorf("after %v: in the outbox %v, with the reports %v", err, waits == nil, kept == nil)
	}
	return sent, err
}
