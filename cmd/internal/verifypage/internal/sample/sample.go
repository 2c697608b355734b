// Package sample makes sealed reports, with real keys and the real policy, for
// the tests of the page. No product code uses it.
package sample

import (
	"crypto/rand"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/tlog"
)

// Noon is when everything happens in a sample.
func Noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// Tenant is a recruiter's organisation with its keys.
type Tenant struct {
	root, invite, probe, receipt envelope.PrivateKey
	name                         string
}

// NewTenant makes an organisation of that name.
func NewTenant(t testing.TB, name string) *Tenant {
	return &Tenant{root: newKey(t), invite: newKey(t), probe: newKey(t), receipt: newKey(t), name: name}
}

func newKey(t testing.TB) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Trust is the organisation's trust file.
func (x *Tenant) Trust(t testing.TB) []byte {
	t.Helper()
	v := report.Trust{Tenant: "tenant-1", Name: x.name, Version: 1, Issued: Noon(), Origins: []string{"https://jobs.example"}, Revoked: []string{}}
	for _, k := range []struct {
		role report.KeyRole
		key  envelope.PrivateKey
	}{{report.RoleInvite, x.invite}, {report.RoleProbe, x.probe}, {report.RoleReceipt, x.receipt}} {
		v.Keys = append(v.Keys, report.TrustedKey{Role: k.role, Alg: "ed25519", Key: k.key.Public().ID(), NotBefore: Noon().Add(-time.Hour), NotAfter: Noon().AddDate(0, 3, 0)})
	}
	text, err := seal(t, x.root, report.TrustType, v, envelope.On("root", x.root.Public().Digest())).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Report is what a test may choose about a sample.
type Report struct {
	Applicant, Role, Signature string
	// Download is the measured download speed in Mbit/s, and Cores the processor's.
	Download, Cores float64
	// Unmeasured leaves the call out, with the fault at the network.
	Unmeasured bool
	// Unconfirmed leaves the receipt out.
	Unconfirmed bool
}

// Good is a report of a computer that meets everything.
func Good() Report {
	return Report{Applicant: "A-17", Role: "customer-service", Signature: "Ada Example", Download: 94.3, Cores: 8}
}

// Seal makes the bundle as its parties would. It is received four minutes after noon.
func (x *Tenant) Seal(t testing.TB, r Report) bundle.Bundle {
	t.Helper()
	rules, err := assets.Policy("customer-service")
	if err != nil {
		t.Fatal(err)
	}
	session := newKey(t)
	inv := report.Invite{
		ID: "00112233445566778899aabbccddeeff", Nonce: "ffeeddccbbaa99887766554433221100", Tenant: "tenant-1", Origin: "https://jobs.example",
		Applicant: r.Applicant, Role: r.Role, Region: "EU", Issued: Noon(), NotBefore: Noon(), NotAfter: Noon().AddDate(0, 0, 14), Runs: 3, Policy: string(rules),
	}
	invite := seal(t, x.invite, report.InviteType, inv, envelope.On("policy", policy.Digest(rules)))
	up := report.Metric{Key: "internet.upload.mbps", Value: 18.4, Unit: "Mbit/s", Origin: report.Server, Samples: 50}
	lost := report.Metric{Key: "webrtc.loss.ratio.up", Value: 0.001, Unit: "ratio", Origin: report.Server, Samples: 400}
	b := bundle.Bundle{Schema: bundle.Schema, Invite: &invite, Observations: []envelope.Envelope{}}
	on := []envelope.Subject{envelope.On("invite", digest(t, invite))}
	for check, m := range map[string]report.Metric{"internet.speed": up, "webrtc.media": lost} {
		if check == "webrtc.media" && r.Unmeasured {
			continue
		}
		o := seal(t, x.probe, report.ObservationType, report.Observation{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: session.Public().ID(),
			Check: check, Started: Noon().Add(time.Minute), Ended: Noon().Add(2 * time.Minute), Metrics: []report.Metric{m}, Facts: map[string]string{},
		}, envelope.On("invite", digest(t, invite)))
		b.Observations = append(b.Observations, o)
		on = append(on, envelope.On("observation", digest(t, o)))
	}
	b.Report = seal(t, session, report.ReportType, report.Report{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: session.Public().ID(),
		Program: report.Program{Name: "linecheck", Version: "1", OS: "linux", Arch: "amd64"}, Started: Noon(), Finished: Noon().Add(3 * time.Minute),
		PolicySHA256: policy.Digest(rules), Signature: r.Signature, Evidence: evidence(r, up, lost),
	}, on...)
	if !r.Unconfirmed {
		d := digest(t, b.Report)
		receipt := seal(t, x.receipt, report.ReceiptType, report.Receipt{InviteID: inv.ID, ReportSHA256: d, Received: Noon().Add(4 * time.Minute), Run: 1, Runs: 1, Log: place(t, tlog.Commitment(d, Noon().Add(4*time.Minute)))}, envelope.On("report", d))
		b.Receipt = &receipt
	}
	return b
}

func evidence(r Report, up, lost report.Metric) []report.Evidence {
	one := func(check string, facts map[string]string, metrics ...report.Metric) report.Evidence {
		return report.Evidence{Check: check, Revision: 1, Started: Noon(), Outcome: report.Measured, Metrics: metrics, Facts: facts}
	}
	m := func(key, unit string, v float64) report.Metric {
		return report.Metric{Key: key, Value: report.Number(v), Unit: unit, Origin: report.Client}
	}
	none, fine := map[string]string{}, map[string]string{"trouble": "none"}
	call := one("webrtc.media", fine, m("webrtc.rtt.ms", "ms", 41), m("webrtc.jitter.ms", "ms", 3.2), m("webrtc.loss.ratio", "ratio", 0.001), lost, m("webrtc.mos", "MOS", 4.38))
	if r.Unmeasured {
		call.Outcome, call.Reason, call.Fault, call.Metrics = report.Unavailable, "webrtc.dns", report.FaultNetwork, []report.Metric{}
	}
	return []report.Evidence{
		one("internet.speed", none, m("internet.download.mbps", "Mbit/s", r.Download), up, m("internet.latency.idle.ms", "ms", 21), m("internet.jitter.ms", "ms", 4)),
		one("audio.output", map[string]string{"kind": "headphones"}),
		one("audio.microphone", none, m("audio.microphone.zeros.ratio", "ratio", 0), m("audio.microphone.noise.dbfs", "dBFS", -61), m("audio.microphone.speech.dbfs", "dBFS", -22), m("audio.microphone.snr.db", "dB", 39)),
		one("machine.cpu", none, m("machine.cpu.cores.logical", "count", r.Cores), m("machine.cpu.load.ratio", "ratio", 0.12), m("machine.cpu.missed.ratio", "ratio", 0.005), m("machine.cpu.missed.ratio.low", "ratio", 0)),
		one("machine.memory", none, m("machine.memory.total.bytes", "bytes", 16.6e9), m("machine.disk.free.bytes", "bytes", 88e9)),
		one("webrtc.connect", fine, m("webrtc.connect.ms", "ms", 180)),
		call,
	}
}

func seal[T any](t testing.TB, k envelope.PrivateKey, kind string, v T, on ...envelope.Subject) envelope.Envelope {
	t.Helper()
	e, err := envelope.Seal(k, kind, on, v)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func digest(t testing.TB, e envelope.Envelope) string {
	t.Helper()
	d, err := e.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// place is a report's place in a log of its own.
func place(t testing.TB, digest string) report.LogEntry {
	t.Helper()
	var m tlog.Memory
	e, err := m.Add("000102030405060708090a0b0c0d0e0f", 0, digest, [tlog.SaltSize]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
