package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
)

// desk is a key folder and a data folder with some reports, made without a server.
type desk struct {
	keys *keys.Folder
	dir  string // holds keys, data, and what was kept elsewhere
}

func newDesk(t *testing.T, reports int) *desk {
	t.Helper()
	d := &desk{dir: t.TempDir()}
	var err error
	if d.keys, err = keys.Create(filepath.Join(d.dir, "keys"), "Example", time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(d.dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range reports {
		d.take(t)
	}
	return d
}

// take takes a report in; it and the checkpoint after it are kept as report.json and checkpoint.json.
func (d *desk) take(t *testing.T) {
	t.Helper()
	db, err := store.Open(filepath.Join(d.dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	session, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{}, Report: seal(t, session, report.ReportType, report.Report{Evidence: []report.Evidence{}, SessionKey: session.Public().ID()})}
	digest, err := b.Report.Digest()
	if err != nil {
		t.Fatal(err)
	}
	data, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := d.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	s, err := db.Tenant(t.Context(), trust.Value().Tenant)
	if err != nil {
		t.Fatal(err)
	}
	r := store.Report{Digest: digest, Invite: store.Invite{ID: "i", Runs: 100}, Session: session.Public().ID(), Bundle: data}
	receipt, err := s.TakeIn(t.Context(), r, now, seals{t, d.keys.Key(report.RoleReceipt), trust.Value().Tenant})
	if err != nil {
		t.Fatal(err)
	}
	given, err := envelope.Parse(receipt)
	if err != nil {
		t.Fatal(err)
	}
	b.Receipt = &given
	checkpoint, err := s.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.keep(t, "checkpoint.json", checkpoint)
	text, err := b.Armour()
	if err != nil {
		t.Fatal(err)
	}
	d.keep(t, "report.txt", text)
}

// seals are what the server says of what it takes in.
type seals struct {
	t      *testing.T
	key    envelope.PrivateKey
	tenant string
}

func (s seals) Receipt(r store.Report, p store.Place, now time.Time) ([]byte, error) {
	return seal(s.t, s.key, report.ReceiptType, report.Receipt{ReportSHA256: r.Digest, Received: now, Log: p.Log}, envelope.On("report", r.Digest)).Bytes()
}

func (s seals) Checkpoint(e report.LogEntry, now time.Time) ([]byte, error) {
	return seal(s.t, s.key, report.CheckpointType, report.Checkpoint{Tenant: s.tenant, Log: e.ID, Size: e.Size, Root: e.Root, Time: now}).Bytes()
}

func (d *desk) keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func seal[T any](t *testing.T, k envelope.PrivateKey, kind string, v T, on ...envelope.Subject) envelope.Envelope {
	t.Helper()
	e, err := envelope.Seal(k, kind, append([]envelope.Subject{}, on...), v)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// run runs the program in the desk's folder.
func (d *desk) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir(d.dir)
	var out, errs bytes.Buffer
	code = cli.Main(root(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestLogVerify(t *testing.T) {
	d, stranger := newDesk(t, 5), newDesk(t, 1)
	kept, err := os.ReadFile(filepath.Join(d.dir, "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	d.take(t)
	d.keep(t, "early.txt", kept)
	d.keep(t, "prose.txt", []byte("hello"))
	foreign, err := os.ReadFile(filepath.Join(stranger.dir, "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	d.keep(t, "foreign.txt", foreign)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--data data", cli.OK, "the log holds: 6 entries, 6 with their report, 0 erased"},
		{"--data data", cli.OK, "give one with --trust"},
		{"--data data --trust keys/trust.json early.txt report.txt checkpoint.json", cli.OK, "the log holds: 6 entries"},
		{"--data data --trust " + filepath.Join(stranger.dir, "keys", "trust.json"), cli.NotAuthentic, "receipt is not authentic"},
		{"--data data early.txt", cli.Usage, "--trust"},
		{"--data data --trust keys/trust.json prose.txt", cli.Usage, "prose.txt"},
		{"--data data --trust keys/trust.json foreign.txt", cli.Usage, "foreign.txt"},
		{"--data data --trust keys/trust.json missing.txt", cli.Usage, "missing.txt"},
		{"--data data --trust prose.txt", cli.Usage, "prose.txt"},
		{"--data keys", cli.Usage, "linecheck.db"},
		{"", cli.Usage, "data"},
	} {
		code, out, errs := d.run(t, append([]string{"log", "verify"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: %d %s%s", c.args, code, out, errs)
		}
	}
	code, out, _ := d.run(t, "log", "verify", "--data", "data", "--trust", "keys/trust.json", "--json")
	var a logAnswer
	if err := json.Unmarshal([]byte(out), &a); err != nil || code != cli.OK || a.Schema != logSchema || !a.Intact || !a.Sealed || a.Size != 6 || len(a.Root) != 64 {
		t.Errorf("%d %s %v", code, out, err)
	}
}

// A database put back to yesterday holds in itself, and not against what was kept.
func TestLogVerifyFindsARollback(t *testing.T) {
	d := newDesk(t, 3)
	old, err := os.ReadFile(filepath.Join(d.dir, "data", "linecheck.db"))
	if err != nil {
		t.Fatal(err)
	}
	d.take(t)
	d.keep(t, filepath.Join("data", "linecheck.db"), old)
	if code, out, _ := d.run(t, "log", "verify", "--data", "data", "--trust", "keys/trust.json"); code != cli.OK {
		t.Errorf("%d %s", code, out)
	}
	for _, kept := range []string{"report.txt", "checkpoint.json"} {
		code, out, _ := d.run(t, "log", "verify", "--data", "data", "--trust", "keys/trust.json", kept)
		if code != cli.NotAuthentic || !strings.Contains(out, "THE LOG DOES NOT HOLD") || !strings.Contains(out, kept+" knows a log of 4 entries") {
			t.Errorf("%s: %d %s", kept, code, out)
		}
	}
}
