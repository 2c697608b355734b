// Package sample makes organisations with applicants and their reports, for tests and
// benchmarks: keys, invites, observations and reports as the programs make them, with numbers that are
// chosen instead of measured. Nothing that is shipped imports it.
package sample

import (
	"crypto/rand"
	"encoding/hex"
	"math"
	"slices"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
)

// Origin is the address of the organisations' servers.
const Origin = "https://jobs.example"

// Org is an organisation with keys of its own.
type Org struct {
	Keys   *keys.Folder
	Tenant string
	// Folder is where the keys are, Origin the address of the server.
	Folder, Origin string
	// Policy is the text of the policy in its invites; the built-in one to begin with.
	Policy string
}

// New makes an organisation whose keys count from long before now.
func New(t testing.TB, now time.Time) *Org {
	t.Helper()
	folder := t.TempDir()
	k, err := keys.Create(folder, "Example Support", now)
	if err == nil {
		err = k.AddOrigin(Origin, now)
	}
	check(t, err)
	trust, err := k.Trust()
	check(t, err)
	text, err := assets.Policy("customer-service")
	check(t, err)
	return &Org{Keys: k, Tenant: trust.Value().Tenant, Folder: folder, Origin: Origin, Policy: string(text)}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Line is what is chosen of a report's numbers.
type Line struct {
	// Download and Upload are in Mbit/s, Noise in dBFS.
	Download, Upload, Noise float64
	// NoCall leaves the call out.
	NoCall bool
	// Unseen leaves the probe's observation out; Machine is the computer's pseudonym, Signature the name typed.
	Unseen             bool
	Machine, Signature string
}

// Good is a line on which all is well.
func Good() Line { return Line{Download: 94.2, Upload: 38.5, Noise: -58} }

// Invite is a sealed invite for an applicant that counts for two weeks.
func (o *Org) Invite(t testing.TB, applicant, role, region string, now time.Time) (report.Invite, envelope.Envelope) {
	t.Helper()
	var random [32]byte
	_, _ = rand.Read(random[:])
	now = now.UTC().Truncate(time.Second)
	inv := report.Invite{
		ID: hex.EncodeToString(random[:16]), Nonce: hex.EncodeToString(random[16:]), Tenant: o.Tenant, Origin: o.Origin,
		Applicant: applicant, Role: role, Region: region, Issued: now, NotBefore: now, NotAfter: now.Add(14 * 24 * time.Hour), Runs: 3, Policy: o.Policy,
	}
	e, err := envelope.Seal(o.Keys.Key(report.RoleInvite), report.InviteType, []envelope.Subject{envelope.On("policy", policy.Digest([]byte(inv.Policy)))}, inv)
	check(t, err)
	return inv, e
}

// Report is an applicant's report under an invite, as a bundle.
func (o *Org) Report(t testing.TB, inv report.Invite, sealed envelope.Envelope, l Line, now time.Time) bundle.Bundle {
	t.Helper()
	now = now.UTC().Truncate(time.Second)
	session, err := envelope.NewKey(rand.Reader)
	check(t, err)
	on, err := sealed.Digest()
	check(t, err)
	subjects := []envelope.Subject{envelope.On("invite", on)}
	evidence := evidenceOf(l, now)
	if l.NoCall {
		evidence = slices.DeleteFunc(evidence, func(e report.Evidence) bool { return e.Check == "webrtc.media" })
	}
	b := bundle.Bundle{Schema: bundle.Schema, Invite: &sealed, Observations: []envelope.Envelope{}}
	for i := range evidence {
		e := &evidence[i]
		if l.Unseen || (e.Check != "internet.speed" && e.Check != "webrtc.media") {
			continue
		}
		seen := report.Observation{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: session.Public().ID(), Check: e.Check, Started: now, Ended: now,
			Metrics: []report.Metric{}, Facts: map[string]string{"attempt": "1", "busy": "0"}}
		for k := range e.Metrics {
			if m := &e.Metrics[k]; m.Key == "internet.upload.mbps" || m.Key == "webrtc.loss.ratio.up" {
				m.Origin = report.Server
				seen.Metrics = append(seen.Metrics, *m)
			}
		}
		s, err := envelope.Seal(o.Keys.Key(report.RoleProbe), report.ObservationType, subjects[:1], seen)
		check(t, err)
		d, err := s.Digest()
		check(t, err)
		b.Observations, subjects = append(b.Observations, s), append(subjects, envelope.On("observation", d))
	}
	r := report.Report{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: session.Public().ID(), Program: report.Program{Name: "linecheck", Version: "1.0.0", OS: "windows", Arch: "amd64"},
		Machine: l.Machine, Signature: l.Signature, Started: now, Finished: now, PolicySHA256: policy.Digest([]byte(inv.Policy)), Evidence: evidence}
	b.Report, err = envelope.Seal(session, report.ReportType, subjects, r)
	check(t, err)
	return b
}

// JSON is a bundle as it is sent.
func JSON(t testing.TB, b bundle.Bundle) []byte {
	t.Helper()
	data, err := b.JSON()
	check(t, err)
	return data
}

func metric(key, unit string, v float64) report.Metric {
	n, _ := report.Num(v)
	return report.Metric{Key: key, Value: n, Unit: unit, Origin: report.Client, Samples: 20}
}

func evidenceOf(l Line, now time.Time) []report.Evidence {
	at := func(check string, facts map[string]string, metrics ...report.Metric) report.Evidence {
		return report.Evidence{Check: check, Revision: 1, Started: now, ElapsedMS: 8200, Outcome: report.Measured, Metrics: metrics, Facts: facts}
	}
	speed := at("internet.speed", map[string]string{"steady.download": "yes", "steady.upload": "yes"},
		metric("internet.download.mbps", "Mbit/s", l.Download), metric("internet.upload.mbps", "Mbit/s", l.Upload), metric("internet.latency.idle.ms", "ms", 21.4),
		metric("internet.jitter.ms", "ms", 2.1), metric("internet.loss.ratio", "ratio", 0), metric("internet.latency.download.ms", "ms", 88), metric("internet.latency.upload.ms", "ms", 110))
	var times []time.Duration
	var values []float64
	for i := range 40 {
		times, values = append(times, time.Duration(i)*250*time.Millisecond), append(values, l.Download*(1-math.Exp(-float64(i)/4))*(1+0.05*math.Sin(float64(i))))
	}
	if s, ok := report.NewSeries("internet.download.mbps", "Mbit/s", report.Client, times, values); ok {
		speed.Series = []report.Series{s}
	}
	return []report.Evidence{
		at("machine.system", map[string]string{"supported": "yes", "remote": "no", "power": "mains", "saver": "no"}, metric("machine.clock.error.ms", "ms", 40)),
		at("machine.cpu", map[string]string{}, metric("machine.cpu.cores.physical", "count", 4), metric("machine.cpu.cores.logical", "count", 8), metric("machine.cpu.load.ratio", "ratio", 0.12),
			metric("machine.cpu.missed.ratio", "ratio", 0), metric("machine.cpu.missed.ratio.low", "ratio", 0), metric("machine.cpu.sustained.ratio", "ratio", 0.96), metric("machine.cpu.frequency.hz", "Hz", 2.8e9)),
		at("machine.memory", map[string]string{"pressure": "no"}, metric("machine.memory.total.bytes", "bytes", 16e9), metric("machine.memory.available.bytes", "bytes", 9e9), metric("machine.disk.free.bytes", "bytes", 120e9)),
		speed,
		at("webrtc.connect", map[string]string{"trouble": "none", "nat": "cone"}, metric("webrtc.connect.ms", "ms", 140), metric("webrtc.connect.direct.ms", "ms", 140)),
		at("webrtc.media", map[string]string{"trouble": "none"}, metric("webrtc.rtt.ms", "ms", 24), metric("webrtc.jitter.ms", "ms", 1.9), metric("webrtc.loss.ratio", "ratio", 0.001),
			metric("webrtc.loss.ratio.up", "ratio", 0.001), metric("webrtc.mos", "MOS", 4.32), metric("webrtc.mos.loaded", "MOS", 4.1)),
		at("audio.output", map[string]string{"kind": "headphones", "muted": "no", "heard": "all"}, metric("audio.output.echo.db", "dB", -52)),
		at("audio.microphone", map[string]string{"muted": "no", "forbidden": "no", "voice": "yes", "playback": "clear"}, metric("audio.microphone.speech.dbfs", "dBFS", -27), metric("audio.microphone.noise.dbfs", "dBFS", l.Noise),
			metric("audio.microphone.snr.db", "dB", -27-l.Noise), metric("audio.microphone.clipped.ratio", "ratio", 0), metric("audio.microphone.bandwidth.hz", "Hz", 14000), metric("audio.microphone.zeros.ratio", "ratio", 0)),
	}
}
