package store_test

import (
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/tlog"
)

const tenant = "0123456789abcdef"

// clerk takes reports in as the server does, with seals of its own.
type clerk struct {
	store *store.Tenant
	key   envelope.PrivateKey
}

func newClerk(t testing.TB, dir string) *clerk {
	t.Helper()
	return &clerk{store: openStore(t, dir), key: newKey(t)}
}

// openStore is the embedded database in a folder.
func openStore(t testing.TB, dir string) *store.Tenant {
	t.Helper()
	s, err := store.Open(dir)
	return tenantOf(t, s, err)
}

func tenantOf(t testing.TB, s *store.Store, err error) *store.Tenant {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tt, err := s.Tenant(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return tt
}

// eachDatabase runs a test on both databases. open opens the same one again and again, as a server that starts anew.
func eachDatabase(t *testing.T, test func(t *testing.T, open func() *store.Tenant)) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, func() *store.Tenant { return openStore(t, dir) })
	})
	t.Run("postgres", func(t *testing.T) {
		url := postgres.Database(t)
		test(t, func() *store.Tenant {
			s, err := store.Connect(t.Context(), url)
			return tenantOf(t, s, err)
		})
	})
}

func newKey(t testing.TB) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newClerkOf(t testing.TB, open func() *store.Tenant) *clerk {
	return &clerk{store: open(), key: newKey(t)}
}

// made is a report as an applicant would send it.
func made(t testing.TB, invite string) store.Report {
	t.Helper()
	k := newKey(t)
	e, err := envelope.Seal(k, report.ReportType, []envelope.Subject{}, report.Report{InviteID: invite, SessionKey: k.Public().ID(), Evidence: []report.Evidence{}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{}, Report: e}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return store.Report{Digest: d, Invite: under(invite, 1<<30), Session: k.Public().ID(), Verdict: report.Ready, Bundle: data}
}

// under is an invite of that id that allows so many runs.
func under(id string, runs int) store.Invite {
	return store.Invite{ID: id, Applicant: "A-" + id, Role: "customer-service", Region: "EU", Runs: runs, Issued: noon(), Ends: noon().Add(time.Hour)}
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// Receipt is what the server says about a report and its place.
func (c *clerk) Receipt(r store.Report, p store.Place, at time.Time) ([]byte, error) {
	e, err := envelope.Seal(c.key, report.ReceiptType, []envelope.Subject{envelope.On("report", r.Digest)},
		report.Receipt{InviteID: r.Invite.ID, ReportSHA256: r.Digest, Received: at, Run: p.Run, Runs: p.Runs, Log: p.Log})
	if err != nil {
		return nil, err
	}
	return e.Bytes()
}

// Checkpoint is what the server says about its log.
func (c *clerk) Checkpoint(entry report.LogEntry, at time.Time) ([]byte, error) {
	e, err := envelope.Seal(c.key, report.CheckpointType, []envelope.Subject{},
		report.Checkpoint{Tenant: tenant, Log: entry.ID, Size: entry.Size, Root: entry.Root, Time: at})
	if err != nil {
		return nil, err
	}
	return e.Bytes()
}

// take takes a new report in and returns it with its opened receipt.
func (c *clerk) take(t testing.TB, at time.Time) (store.Report, report.Receipt) {
	t.Helper()
	r := made(t, "i")
	data, err := c.store.TakeIn(t.Context(), r, at, c)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := openReceipt(data)
	if err != nil || rec.ReportSHA256 != r.Digest {
		t.Fatalf("%+v %v", rec, err)
	}
	return r, rec
}

// openReceipt reads a receipt by the key it names, with its proof.
func openReceipt(sealed []byte) (report.Receipt, error) {
	e, err := envelope.Parse(sealed)
	if err != nil {
		return report.Receipt{}, err
	}
	key, err := envelope.ParsePublic(e.KeyID())
	if err != nil {
		return report.Receipt{}, err
	}
	o, err := envelope.Open[report.Receipt](e, key, report.ReceiptType)
	if err != nil {
		return report.Receipt{}, err
	}
	if err := tlog.Check(o.Value().Log, tlog.Commitment(o.Value().ReportSHA256, o.Value().Received)); err != nil {
		return report.Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return o.Value(), nil
}

// audit is the log of a folder, looked at from outside.
func audit(t testing.TB, dir string, claims ...store.Claim) store.Audit {
	t.Helper()
	s, err := store.OpenRead(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tt, err := s.Find(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return auditOf(t, tt, claims...)
}

func auditOf(t testing.TB, s *store.Tenant, claims ...store.Claim) store.Audit {
	t.Helper()
	a, err := s.Audit(t.Context(), openReceipt, claims)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func claim(r report.Receipt) store.Claim {
	return store.Claim{Source: "somebody", Log: r.Log.ID, Size: r.Log.Size, Root: r.Log.Root}
}

func head(r report.Receipt) report.Checkpoint {
	return report.Checkpoint{Tenant: tenant, Log: r.Log.ID, Size: r.Log.Size, Root: r.Log.Root}
}

// many does n things, sixteen at a time.
func many(t testing.TB, n int, one func(i int) error) {
	t.Helper()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := one(int(i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}
