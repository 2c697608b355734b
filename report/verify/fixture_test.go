package verify_test

import (
	"crypto/rand"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/tlog"
	"linecheck/report/verify"
)

const policyText = `{"schema":"linecheck.policy/1","id":"p","version":1,"valid_days":30,"rules":[
 {"id":"up","check":"net","metric":"up.mbps","at_least":{"minimum":3},"finding":"net.slow","fault":"network","source":"s"}]}`

// noon is when everything happens in these tests.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// tenant is a recruiter's organisation with its keys.
type tenant struct {
	root, invite, probe, receipt envelope.PrivateKey
	trust                        report.Trust
}

func key(t testing.TB) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newTenant(t testing.TB) *tenant {
	x := &tenant{root: key(t), invite: key(t), probe: key(t), receipt: key(t)}
	x.trust = report.Trust{Tenant: "tenant-1", Name: "Example", Version: 1, Issued: noon(), Origins: []string{"https://jobs.example"}, Keys: []report.TrustedKey{}, Revoked: []string{}}
	for role, k := range map[report.KeyRole]envelope.PrivateKey{report.RoleInvite: x.invite, report.RoleProbe: x.probe, report.RoleReceipt: x.receipt} {
		x.trust.Keys = append(x.trust.Keys, report.TrustedKey{Role: role, Alg: "ed25519", Key: k.Public().ID(),
			NotBefore: noon().Add(-time.Hour), NotAfter: noon().Add(100 * 24 * time.Hour)})
	}
	return x
}

func (x *tenant) open(t testing.TB) verify.Trust {
	t.Helper()
	e := seal(t, x.root, report.TrustType, x.trust, envelope.On("root", x.root.Public().Digest()))
	tr, err := verify.OpenTrust(e)
	if err != nil {
		t.Fatal(err)
	}
	return tr
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

// story is one honest report with everything around it; tests bend it before it is told.
type story struct {
	session     envelope.PrivateKey
	invite      report.Invite
	observation report.Observation
	report      report.Report
	receipt     report.Receipt
	// Keys that seal; the tenant's own unless a test puts a stranger's here.
	inviteKey, probeKey, receiptKey envelope.PrivateKey
	inviteOn, obsOn                 string // digests to claim instead of the true ones
	voice                           []byte
	dropObservation, dropReceipt    bool
	log                             func(*report.LogEntry) // bends the place in the log
}

func newStory(t testing.TB, x *tenant) *story {
	s := &story{session: key(t), inviteKey: x.invite, probeKey: x.probe, receiptKey: x.receipt}
	s.invite = report.Invite{
		ID: "00112233445566778899aabbccddeeff", Nonce: "ffeeddccbbaa99887766554433221100", Tenant: "tenant-1", Origin: "https://jobs.example",
		Applicant: "A-17", Role: "customer-service", Region: "EU", Issued: noon(), NotBefore: noon(), NotAfter: noon().Add(14 * 24 * time.Hour), Runs: 3, Policy: policyText,
	}
	up := report.Metric{Key: "up.mbps", Value: 4.5, Unit: "Mbit/s", Origin: report.Server, Samples: 50}
	s.observation = report.Observation{InviteID: s.invite.ID, Nonce: s.invite.Nonce, SessionKey: s.session.Public().ID(), Check: "net",
		Started: noon().Add(time.Minute), Ended: noon().Add(2 * time.Minute), Metrics: []report.Metric{up}, Facts: map[string]string{}, Series: seen(4, 5)}
	s.report = report.Report{InviteID: s.invite.ID, Nonce: s.invite.Nonce, SessionKey: s.session.Public().ID(), Started: noon(), Finished: noon().Add(3 * time.Minute),
		PolicySHA256: policy.Digest([]byte(policyText)),
		Evidence: []report.Evidence{{Check: "net", Revision: 1, Started: noon(), Outcome: report.Measured, Facts: map[string]string{}, Series: seen(4, 5),
			Metrics: []report.Metric{up, {Key: "down.mbps", Value: 50, Unit: "Mbit/s", Origin: report.Client}}}}}
	s.receipt = report.Receipt{InviteID: s.invite.ID, Received: noon().Add(4 * time.Minute), Run: 1, Runs: 1}
	return s
}

// tell seals the story as its parties would.
func (s *story) tell(t testing.TB) bundle.Bundle {
	inv := seal(t, s.inviteKey, report.InviteType, s.invite, envelope.On("policy", policy.Digest([]byte(policyText))))
	b := bundle.Bundle{Schema: bundle.Schema, Invite: &inv, Observations: []envelope.Envelope{}}
	subject := digest(t, inv)
	if s.inviteOn != "" {
		subject = s.inviteOn
	}
	on := []envelope.Subject{envelope.On("invite", subject)}
	obs := seal(t, s.probeKey, report.ObservationType, s.observation, envelope.On("invite", subject))
	if !s.dropObservation {
		b.Observations = append(b.Observations, obs)
	}
	claimed := digest(t, obs)
	if s.obsOn != "" {
		claimed = s.obsOn
	}
	on = append(on, envelope.On("observation", claimed))
	if b.Voice = s.voice; b.Voice != nil {
		on = append(on, envelope.On("voice", envelope.Digest(b.Voice)))
	}
	b.Report = seal(t, s.session, report.ReportType, s.report, on...)
	if s.receipt.ReportSHA256 == "" {
		s.receipt.ReportSHA256 = digest(t, b.Report)
	}
	if !s.dropReceipt {
		s.receipt.Log = entry(t, tlog.Commitment(s.receipt.ReportSHA256, s.receipt.Received))
		if s.log != nil {
			s.log(&s.receipt.Log)
		}
		r := seal(t, s.receiptKey, report.ReceiptType, s.receipt, envelope.On("report", s.receipt.ReportSHA256))
		b.Receipt = &r
	}
	return b
}

// entry is the report's place, the last, in a log of six.
func entry(t testing.TB, report string) (e report.LogEntry) {
	t.Helper()
	var m tlog.Memory
	for i := range int64(6) {
		digest := envelope.Digest([]byte{byte(i)})
		if i == 5 {
			digest = report
		}
		var err error
		if e, err = m.Add("000102030405060708090a0b0c0d0e0f", i, digest, [tlog.SaltSize]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}
