package pdf_test

import (
	"bytes"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/render/pdf"
	"linecheck/report/tlog"
	"linecheck/report/verify"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// view is what the programs draw with.
func view(t testing.TB) pdf.View {
	t.Helper()
	get := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	words, err := advice.Parse(get(assets.Locale("en")))
	if err != nil {
		t.Fatal(err)
	}
	return pdf.View{Words: words, Organisation: "Example Support Ltd", Fonts: pdf.Fonts{
		Regular: get(assets.Font("NotoSans-Regular")), Bold: get(assets.Font("NotoSans-Bold")),
		Others: [][]byte{get(assets.Font("NotoSansDevanagari-Regular")), get(assets.Font("NotoSansArabic-Regular")), get(assets.Font("DroidSansFallbackFull"))},
	}}
}

// fixedKey is the same key in every run, so that documents can be compared.
func fixedKey(t testing.TB, n byte) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(bytes.NewReader(bytes.Repeat([]byte{n}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// tale is a report with everything around it; tests bend it before it is told.
type tale struct {
	invite    report.Invite
	report    report.Report
	noReceipt bool
	noInvite  bool
}

func metric(key string, v float64, unit string, origin report.Origin) report.Metric {
	n, _ := report.Num(v)
	return report.Metric{Key: key, Value: n, Unit: unit, Origin: origin, Samples: 40}
}

func evidence(check string, facts map[string]string, metrics ...report.Metric) report.Evidence {
	return report.Evidence{Check: check, Revision: 2, Started: noon(), ElapsedMS: 12345, Outcome: report.Measured, Metrics: metrics, Facts: facts}
}

func none() map[string]string { return map[string]string{} }

// goodTale is ready in everything.
func goodTale(t testing.TB) *tale {
	t.Helper()
	text, err := assets.Policy("customer-service")
	if err != nil {
		t.Fatal(err)
	}
	c, s := report.Client, report.Server
	x := &tale{invite: report.Invite{ID: "00112233445566778899aabbccddeeff", Nonce: "ffeeddccbbaa99887766554433221100", Tenant: "tenant-1", Origin: "https://jobs.example",
		Applicant: "A-17", Role: "customer-service", Region: "EU", Issued: noon(), NotBefore: noon(), NotAfter: noon().Add(14 * 24 * time.Hour), Runs: 3, LegalName: true, Policy: string(text)}}
	x.report = report.Report{Signature: "Jane Alexandra Doe", Program: report.Program{Name: "linecheck", Version: "1.0.0", OS: "linux", Arch: "amd64"}, Started: noon(), Finished: noon().Add(3 * time.Minute),
		Evidence: []report.Evidence{
			evidence("internet.speed", map[string]string{"server": "the recruiter's"}, metric("internet.download.mbps", 94.312345, "Mbit/s", c), metric("internet.upload.mbps", 38.21, "Mbit/s", s), metric("internet.latency.idle.ms", 21.4, "ms", c), metric("internet.jitter.ms", 2.2, "ms", c)),
			evidence("audio.output", map[string]string{"kind": "headphones"}, metric("audio.output.echo.db", -61, "dB", c)),
			evidence("audio.microphone", none(), metric("audio.microphone.zeros.ratio", 0, "ratio", c), metric("audio.microphone.noise.dbfs", -58, "dBFS", c), metric("audio.microphone.speech.dbfs", -24, "dBFS", c), metric("audio.microphone.snr.db", 34, "dB", c), metric("audio.microphone.clipped.ratio", 0, "ratio", c), metric("audio.microphone.bandwidth.hz", 9800, "Hz", c)),
			evidence("machine.cpu", none(), metric("machine.cpu.cores.logical", 8, "count", c), metric("machine.cpu.load.ratio", 0.11, "ratio", c), metric("machine.cpu.missed.ratio", 0, "ratio", c), metric("machine.cpu.missed.ratio.low", 0, "ratio", c)),
			evidence("machine.memory", none(), metric("machine.memory.total.bytes", 16e9, "bytes", c), metric("machine.disk.free.bytes", 210e9, "bytes", c)),
			evidence("webrtc.connect", map[string]string{"nat": "behind-nat", "trouble": "none"}, metric("webrtc.connect.ms", 180, "ms", c)),
			evidence("webrtc.media", map[string]string{"trouble": "none"}, metric("webrtc.rtt.ms", 31, "ms", c), metric("webrtc.jitter.ms", 1.8, "ms", s), metric("webrtc.loss.ratio", 0.0004, "ratio", c), metric("webrtc.loss.ratio.up", 0.0004, "ratio", s), metric("webrtc.mos", 4.38, "MOS", c)),
		}}
	x.report.Evidence[0].Series = []report.Series{series("internet.download.mbps", c, 12, 61, 94, 95.5, 94.2, 93.9, 94.4, 94.3),
		series("internet.upload.mbps", s, 6, 31, 38.4, 38.1, 38.3, 38.2)}
	return x
}

// series has a value every 100 ms.
func series(key string, origin report.Origin, values ...report.Number) report.Series {
	s := report.Series{Key: key, Unit: "Mbit/s", Origin: origin, Values: values}
	for i := range values {
		s.AtMS = append(s.AtMS, int64(100*i))
	}
	return s
}

// set changes one number.
func (x *tale) set(key string, v float64) *tale {
	for i := range x.report.Evidence {
		for j := range x.report.Evidence[i].Metrics {
			if m := &x.report.Evidence[i].Metrics[j]; m.Key == key {
				m.Value = report.Number(v)
			}
		}
	}
	return x
}

// fail makes a check one that could not be measured.
func (x *tale) fail(check, reason string, fault report.Fault) *tale {
	for i := range x.report.Evidence {
		if e := &x.report.Evidence[i]; e.Check == check {
			*e = report.Evidence{Check: check, Revision: e.Revision, Started: e.Started, ElapsedMS: 900, Outcome: report.Unavailable, Reason: reason, Fault: fault, Metrics: []report.Metric{}, Facts: none()}
		}
	}
	return x
}

// names gives the texts that people choose.
func (x *tale) names(signature, applicant, role, region string) *tale {
	x.report.Signature, x.invite.Applicant, x.invite.Role, x.invite.Region = signature, applicant, role, region
	return x
}

func seal[T any](t testing.TB, k envelope.PrivateKey, kind string, v T, on ...envelope.Subject) (envelope.Envelope, string) {
	t.Helper()
	e, err := envelope.Seal(k, kind, on, v)
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return e, d
}

// tell seals the tale as its parties would.
func (x *tale) tell(t testing.TB) bundle.Bundle {
	t.Helper()
	session := fixedKey(t, 1)
	b := bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{}}
	r := x.report
	r.SessionKey, r.PolicySHA256 = session.Public().ID(), policy.Digest([]byte(x.invite.Policy))
	on := []envelope.Subject{envelope.On("policy", r.PolicySHA256)}
	if !x.noInvite {
		r.InviteID, r.Nonce = x.invite.ID, x.invite.Nonce
		inv, subject := seal(t, fixedKey(t, 2), report.InviteType, x.invite, on...)
		b.Invite, on = &inv, []envelope.Subject{envelope.On("invite", subject)}
		for _, e := range r.Evidence {
			o := report.Observation{InviteID: r.InviteID, Nonce: r.Nonce, SessionKey: r.SessionKey, Check: e.Check, Started: noon().Add(time.Minute), Ended: noon().Add(2 * time.Minute), Metrics: []report.Metric{}, Facts: none()}
			for _, m := range e.Metrics {
				if m.Origin == report.Server {
					o.Metrics = append(o.Metrics, m)
				}
			}
			for _, v := range e.Series {
				if v.Origin == report.Server {
					o.Series = append(o.Series, v)
				}
			}
			if len(o.Metrics) > 0 {
				sealed, d := seal(t, fixedKey(t, 3), report.ObservationType, o, on[0])
				b.Observations, on = append(b.Observations, sealed), append(on, envelope.On("observation", d))
			}
		}
	}
	var digest string
	b.Report, digest = seal(t, session, report.ReportType, r, on...)
	if !x.noReceipt && !x.noInvite {
		rec, _ := seal(t, fixedKey(t, 4), report.ReceiptType, report.Receipt{InviteID: r.InviteID, ReportSHA256: digest, Received: noon().Add(4 * time.Minute), Run: 1, Runs: 2, Log: place(t, tlog.Commitment(digest, noon().Add(4*time.Minute)))}, envelope.On("report", digest))
		b.Receipt = &rec
	}
	return b
}

// trust is the trust file of those who sealed the tale.
func trust(t testing.TB, name string) verify.Trust {
	t.Helper()
	v := report.Trust{Tenant: "tenant-1", Name: name, Version: 1, Issued: noon(), Origins: []string{"https://jobs.example"}, Keys: []report.TrustedKey{}, Revoked: []string{}}
	for i, role := range []report.KeyRole{report.RoleInvite, report.RoleProbe, report.RoleReceipt} {
		v.Keys = append(v.Keys, report.TrustedKey{Role: role, Alg: "ed25519", Key: fixedKey(t, byte(i+2)).Public().ID(), NotBefore: noon().Add(-time.Hour), NotAfter: noon().Add(1000 * time.Hour)})
	}
	root := fixedKey(t, 9)
	e, _ := seal(t, root, report.TrustType, v, envelope.On("root", root.Public().Digest()))
	tr, err := verify.OpenTrust(e)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// draw draws a tale.
func draw(t testing.TB, x *tale) []byte {
	t.Helper()
	data, err := pdf.Render(x.tell(t), view(t))
	if err != nil {
		t.Fatal(err)
	}
	return data
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
