package export_test

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

const policyText = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"down","check":"internet.speed","metric":"internet.download.mbps","at_least":{"minimum":10,"recommended":25},"finding":"internet.download.slow","fault":"network","source":"s"},
 {"id":"up","check":"internet.speed","metric":"internet.upload.mbps","at_least":{"minimum":3},"finding":"internet.upload.slow","fault":"network","source":"s"},
 {"id":"kind","check":"audio.output","fact":"kind","one_of":{"minimum":["headphones","speakers"],"recommended":["headphones"]},"finding":"audio.output.speakers","fault":"you","source":"s"},
 {"id":"noise","check":"audio.microphone","metric":"audio.microphone.noise.dbfs","at_most":{"recommended":-45},"finding":"audio.microphone.noisy","fault":"you","source":"s"}]}`

const origin = "https://jobs.example"

// desk is an organisation that takes reports in as its server does.
type desk struct {
	keys   *keys.Folder
	trust  verify.Trust
	store  *store.Tenant
	intake *intake.Desk
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	k, err := keys.Create(t.TempDir(), "Example", noon().AddDate(0, 0, -20))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.AddOrigin(origin, noon()); err != nil {
		t.Fatal(err)
	}
	d := &desk{keys: k}
	if d.trust, err = k.Trust(); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if d.store, err = db.Tenant(t.Context(), d.trust.Value().Tenant); err != nil {
		t.Fatal(err)
	}
	d.intake = intake.New(k, d.store, slog.New(slog.DiscardHandler))
	return d
}

func noon() time.Time { return time.Now().UTC().Truncate(time.Hour) }

// sent is what an applicant sends.
type sent struct {
	applicant, name, signature, role string
	at                               time.Time
	evidence                         []report.Evidence
	observed                         []report.Metric // of internet.speed, by the probe
}

// take has it taken in, and returns its digest.
func (d *desk) take(t testing.TB, s sent) string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var random [32]byte
	_, _ = rand.Read(random[:])
	inv := report.Invite{
		ID: hex.EncodeToString(random[:16]), Nonce: hex.EncodeToString(random[16:]), Tenant: d.trust.Value().Tenant, Origin: origin,
		Applicant: s.applicant, Role: s.role, Region: "EU", Issued: s.at, NotBefore: s.at, NotAfter: s.at.Add(24 * time.Hour), Runs: 2, Policy: policyText,
	}
	invite, err := envelope.Seal(d.keys.Key(report.RoleInvite), report.InviteType, []envelope.Subject{envelope.On("policy", policy.Digest([]byte(policyText)))}, inv)
	must(err)
	sum, err := invite.Digest()
	must(err)
	kept := intake.InviteOf(inv)
	kept.Name = s.name
	must(d.store.PutInvites(t.Context(), []store.Coded{{Invite: kept, Code: inv.Nonce, Sealed: []byte("x")}}))
	session, err := envelope.NewKey(rand.Reader)
	must(err)
	b := bundle.Bundle{Schema: bundle.Schema, Invite: &invite, Observations: []envelope.Envelope{}}
	subjects := []envelope.Subject{envelope.On("invite", sum)}
	if len(s.observed) > 0 {
		o, err := envelope.Seal(d.keys.Key(report.RoleProbe), report.ObservationType, []envelope.Subject{envelope.On("invite", sum)},
			report.Observation{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: session.Public().ID(), Check: "internet.speed", Started: s.at, Ended: s.at, Metrics: s.observed, Facts: map[string]string{}})
		must(err)
		digest, err := o.Digest()
		must(err)
		b.Observations = append(b.Observations, o)
		subjects = append(subjects, envelope.On("observation", digest))
	}
	b.Report, err = envelope.Seal(session, report.ReportType, subjects, report.Report{
		InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: session.Public().ID(), Program: report.Program{Name: "linecheck", Version: "1.2", OS: "linux", Arch: "amd64"},
		Started: s.at, Finished: s.at, PolicySHA256: policy.Digest([]byte(policyText)), Signature: s.signature, Evidence: s.evidence,
	})
	must(err)
	data, err := b.JSON()
	must(err)
	_, digest, err := d.intake.TakeIn(t.Context(), data, "test", s.at.Add(time.Minute))
	must(err)
	return digest
}

// check is evidence of one check.
func check(id string, at time.Time, facts map[string]string, metrics ...report.Metric) report.Evidence {
	return report.Evidence{Check: id, Revision: 1, Started: at, Outcome: report.Measured, Facts: facts, Metrics: append([]report.Metric{}, metrics...)}
}

func metric(key string, v float64, unit string, by report.Origin) report.Metric {
	return report.Metric{Key: key, Value: report.Number(v), Unit: unit, Origin: by}
}

// usual is a report that misses a little of everything.
func usual(name string, at time.Time) sent {
	up := metric("internet.upload.mbps", 7.5, "Mbit/s", report.Server)
	return sent{applicant: "A-" + name, name: name, signature: name + " Lee", role: "customer-service", at: at, observed: []report.Metric{up}, evidence: []report.Evidence{
		check("internet.speed", at, map[string]string{"steady.download": "yes"}, metric("internet.download.mbps", 4.2, "Mbit/s", report.Client), up, metric("internet.download.p90.mbps", 5, "Mbit/s", report.Client)),
		check("audio.output", at, map[string]string{"kind": "speakers"}),
		check("audio.microphone", at, map[string]string{}, metric("audio.microphone.speech.dbfs", -25.5, "dBFS", report.Client)),
	}}
}

// stamp seals with a word.
type stamp struct{}

func (stamp) Receipt(store.Report, store.Place, time.Time) ([]byte, error) { return []byte("r"), nil }
func (stamp) Checkpoint(report.LogEntry, time.Time) ([]byte, error)        { return []byte("c"), nil }
