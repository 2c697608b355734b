package store_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/tlog"
)

// clerk takes reports in as the server does, with seals of its own.
type clerk struct {
	store *store.Store
	key   envelope.PrivateKey
}

func newClerk(t testing.TB, dir string) *clerk {
	t.Helper()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &clerk{store: s, key: newKey(t)}
}

func newKey(t testing.TB) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
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
	return store.Report{Digest: d, Invite: invite, Session: k.Public().ID(), Allowed: 1 << 30, Bundle: data}
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// seal is what the server says about a report and its place.
func (c *clerk) seal(r store.Report, at time.Time) func(store.Place) (store.Sealed, error) {
	return func(p store.Place) (store.Sealed, error) {
		receipt, err := envelope.Seal(c.key, report.ReceiptType, []envelope.Subject{envelope.On("report", r.Digest)},
			report.Receipt{InviteID: r.Invite, ReportSHA256: r.Digest, Received: at, Run: p.Run, Runs: p.Runs, Log: p.Log})
		if err != nil {
			return store.Sealed{}, err
		}
		checkpoint, err := envelope.Seal(c.key, report.CheckpointType, []envelope.Subject{},
			report.Checkpoint{Tenant: "t", Log: p.Log.ID, Size: p.Log.Size, Root: p.Log.Root, Time: at})
		if err != nil {
			return store.Sealed{}, err
		}
		var s store.Sealed
		if s.Receipt, err = receipt.Bytes(); err != nil {
			return s, err
		}
		s.Checkpoint, err = checkpoint.Bytes()
		return s, err
	}
}

// take takes a new report in and returns it with its opened receipt.
func (c *clerk) take(t testing.TB, at time.Time) (store.Report, report.Receipt) {
	t.Helper()
	r := made(t, "i")
	data, err := c.store.TakeIn(t.Context(), r, at, c.seal(r, at))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := open(data)
	if err != nil || rec.ReportSHA256 != r.Digest {
		t.Fatalf("%+v %v", rec, err)
	}
	return r, rec
}

// open reads a receipt by the key it names, with its proof.
func open(sealed []byte) (report.Receipt, error) {
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
	a, err := s.Audit(t.Context(), open, claims)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func claim(r report.Receipt) store.Claim {
	return store.Claim{Source: "somebody", Log: r.Log.ID, Size: r.Log.Size, Root: r.Log.Root}
}

func head(r report.Receipt) report.Checkpoint {
	return report.Checkpoint{Tenant: "t", Log: r.Log.ID, Size: r.Log.Size, Root: r.Log.Root}
}
