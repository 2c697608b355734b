package api_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"linecheck/checks/probe"
	"linecheck/cmd/linecheck-recruiter/internal/api"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
)

const policyText = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"cores","check":"machine.cpu","metric":"cores","at_least":{"minimum":2},"finding":"few","fault":"you","source":"s"}]}`

// rig is a real server with keys, database and probe of its own.
type rig struct {
	keys   *keys.Folder
	store  *store.Tenant
	server *httptest.Server
	client *exchange.Client
}

func newRig(t *testing.T) *rig {
	t.Helper()
	k, err := keys.Create(t.TempDir(), "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	trust, err := k.Trust()
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := st.Tenant(t.Context(), trust.Value().Tenant)
	if err != nil {
		t.Fatal(err)
	}
	p, err := probe.New(probe.Config{MediaAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	log := slog.New(slog.DiscardHandler)
	s := &api.Server{
		Keys: k, Store: tenant, Probe: p, Owner: &probe.Owner{Key: k.Key(report.RoleProbe)}, Log: log, Guests: visitor.New(), Desk: intake.New(k, tenant, log),
	}
	srv := httptest.NewTLSServer(s.Handler())
	t.Cleanup(srv.Close)
	if err := k.AddOrigin(srv.URL, time.Now()); err != nil {
		t.Fatal(err)
	}
	c, err := exchange.NewClient(srv.URL, exchange.PinOf(srv.Certificate()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &rig{keys: k, store: tenant, server: srv, client: c}
}

// applicant is one session under an invite.
type applicant struct {
	rig    *rig
	key    envelope.PrivateKey
	invite report.Invite
	sealed envelope.Envelope
	digest string
}

func (r *rig) invite(t *testing.T, bend func(*report.Invite)) (report.Invite, envelope.Envelope) {
	t.Helper()
	trust, err := r.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	var random [32]byte
	_, _ = rand.Read(random[:])
	now := time.Now().UTC().Truncate(time.Second)
	inv := report.Invite{
		ID: hex.EncodeToString(random[:16]), Nonce: hex.EncodeToString(random[16:]), Tenant: trust.Value().Tenant, Origin: r.server.URL,
		Applicant: "A", Role: "r", Region: "EU", Issued: now, NotBefore: now, NotAfter: now.Add(time.Hour), Runs: 2, Policy: policyText,
	}
	if bend != nil {
		bend(&inv)
	}
	e, err := envelope.Seal(r.keys.Key(report.RoleInvite), report.InviteType, []envelope.Subject{envelope.On("policy", policy.Digest([]byte(inv.Policy)))}, inv)
	if err != nil {
		t.Fatal(err)
	}
	return inv, e
}

func (r *rig) applicant(t *testing.T, inv report.Invite, sealed envelope.Envelope) *applicant {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d, err := sealed.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return &applicant{rig: r, key: k, invite: inv, sealed: sealed, digest: d}
}

func (a *applicant) open(t *testing.T) (*exchange.Session, error) {
	t.Helper()
	hello, err := envelope.Seal(a.key, report.HelloType, []envelope.Subject{envelope.On("invite", a.digest)},
		report.Hello{InviteID: a.invite.ID, Nonce: a.invite.Nonce, SessionKey: a.key.Public().ID(), Sent: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	return a.rig.client.Open(context.Background(), exchange.OpenRequest{Invite: a.sealed, Hello: hello})
}

// bundle is a small honest report.
func (a *applicant) bundle(t *testing.T, cores int) []byte {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	rep := report.Report{InviteID: a.invite.ID, Nonce: a.invite.Nonce, SessionKey: a.key.Public().ID(), Started: now, Finished: now,
		PolicySHA256: policy.Digest([]byte(a.invite.Policy)),
		Evidence: []report.Evidence{{Check: "machine.cpu", Revision: 1, Started: now, Outcome: report.Measured, Facts: map[string]string{},
			Metrics: []report.Metric{{Key: "cores", Value: report.Number(cores), Unit: "count", Origin: report.Client}}}}}
	e, err := envelope.Seal(a.key, report.ReportType, []envelope.Subject{envelope.On("invite", a.digest)}, rep)
	if err != nil {
		t.Fatal(err)
	}
	data, err := bundle.Bundle{Schema: bundle.Schema, Invite: &a.sealed, Observations: []envelope.Envelope{}, Report: e}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
