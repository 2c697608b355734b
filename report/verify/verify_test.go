package verify_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

func judge(t *testing.T, x *tenant, b bundle.Bundle, at time.Time) verify.Result {
	t.Helper()
	data, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return verify.Bundle(data, x.open(t), verify.Options{At: at})
}

// failed is the name of the step that failed; empty for an authentic report.
func failed(r verify.Result) string {
	for _, s := range r.Steps {
		if s.Status == verify.Failed {
			return s.Name
		}
	}
	return ""
}

func TestAnHonestReportIsAuthentic(t *testing.T) {
	x := newTenant(t)
	b := newStory(t, x).tell(t)
	r := judge(t, x, b, noon().Add(time.Hour))
	if !r.Authentic || failed(r) != "" {
		t.Fatalf("%+v", r.Steps)
	}
	if r.Appraisal.Verdict != report.Ready || r.Invite.Applicant != "A-17" || len(r.Observations) != 1 || r.Receipt.Run != 1 || r.ReportSHA256 != digest(t, b.Report) {
		t.Errorf("%+v", r)
	}
	if want := noon().Add(4*time.Minute).AddDate(0, 0, 30); !r.ValidUntil.Equal(want) {
		t.Errorf("valid until %v, want %v", r.ValidUntil, want)
	}
	if len(r.Steps) != 11 {
		t.Errorf("%d steps", len(r.Steps))
	}
}

func TestWithoutReceiptItSaysSo(t *testing.T) {
	x := newTenant(t)
	s := newStory(t, x)
	s.dropReceipt = true
	r := judge(t, x, s.tell(t), noon().Add(time.Hour))
	if !r.Authentic || r.Receipt != nil || !r.ValidUntil.IsZero() {
		t.Fatalf("%+v", r.Steps)
	}
	for _, st := range r.Steps {
		if (st.Name == "receipt" || st.Name == "log") && st.Status != verify.Absent {
			t.Errorf("%s is %s", st.Name, st.Status)
		}
	}
}

// What an attacker would try, and which step finds it.
func TestForgeriesAreFound(t *testing.T) {
	x := newTenant(t)
	stranger := newTenant(t)
	other := newStory(t, x)
	other.invite.ID = "ffffffffffffffffffffffffffffffff"
	foreign := other.tell(t)
	later := noon().Add(time.Hour)
	for _, c := range slices.Concat(forgedInvites(x, stranger, foreign), forgedObservations(x, stranger, foreign), forgedReports(x), forgedReceipts(t, stranger, foreign)) {
		s := newStory(t, x)
		if c.bend != nil {
			c.bend(s)
		}
		b := s.tell(t)
		if c.rework != nil {
			c.rework(&b)
		}
		at := c.at
		if at.IsZero() {
			at = later
		}
		r := judge(t, x, b, at)
		if got := failed(r); got != c.step || r.Authentic {
			t.Errorf("%s: step %q failed, want %q: %+v", c.name, got, c.step, r.Steps)
		}
		if r.Appraisal != nil || r.Report != nil || r.Invite != nil {
			t.Errorf("%s: values of a report that is not authentic are shown", c.name)
		}
	}
}

func TestRevocation(t *testing.T) {
	for name, id := range map[string]func(x *tenant, s *story) string{
		"invite":     func(_ *tenant, s *story) string { return s.invite.ID },
		"invite key": func(x *tenant, _ *story) string { return x.invite.Public().ID() },
		"probe key":  func(x *tenant, _ *story) string { return x.probe.Public().ID() },
	} {
		x := newTenant(t)
		s := newStory(t, x)
		b := s.tell(t)
		x.trust.Revoked = []string{id(x, s)}
		r := judge(t, x, b, noon().Add(time.Hour))
		if r.Authentic {
			t.Errorf("%s revoked: still authentic", name)
		}
	}
}

// A key counts when it sealed, not when somebody looks: an old report stays authentic.
func TestKeysAreJudgedAtTheTimeOfSealing(t *testing.T) {
	x := newTenant(t)
	for i := range x.trust.Keys {
		x.trust.Keys[i].NotAfter = noon().Add(5 * time.Minute)
	}
	b := newStory(t, x).tell(t)
	if r := judge(t, x, b, noon().AddDate(0, 0, 20)); !r.Authentic {
		t.Errorf("%+v", r.Steps)
	}
}

func TestTrustFilesThatAreNot(t *testing.T) {
	x := newTenant(t)
	good := seal(t, x.root, report.TrustType, x.trust, envelope.On("root", x.root.Public().Digest()))
	forged := good
	forged.Signatures = []envelope.Signature{{KeyID: x.probe.Public().ID(), Sig: good.Signatures[0].Sig}}
	broken := x.trust
	broken.Keys = []report.TrustedKey{{Role: report.RoleInvite, Alg: "rsa", Key: x.invite.Public().ID()}}
	for name, e := range map[string]envelope.Envelope{
		"sealed by another":       forged,
		"another root as subject": seal(t, x.root, report.TrustType, x.trust, envelope.On("root", x.probe.Public().Digest())),
		"another kind":            seal(t, x.root, report.InviteType, x.trust, envelope.On("root", x.root.Public().Digest())),
		"another algorithm":       seal(t, x.root, report.TrustType, broken, envelope.On("root", x.root.Public().Digest())),
		"empty":                   {},
	} {
		if _, err := verify.OpenTrust(e); !errors.Is(err, verify.ErrTrust) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInviteSaysWhichThingIsWrong(t *testing.T) {
	x, stranger := newTenant(t), newTenant(t)
	for _, c := range []struct {
		name string
		bend func(s *story)
		at   time.Time
		want error
	}{
		{"good", func(*story) {}, noon().Add(time.Hour), nil},
		{"expired", func(*story) {}, noon().AddDate(0, 0, 15), verify.ErrExpired},
		{"not yet", func(*story) {}, noon().Add(-time.Minute), verify.ErrEarly},
		{"stranger", func(s *story) { s.inviteKey = stranger.invite }, noon(), verify.ErrStranger},
		{"another server", func(s *story) { s.invite.Origin = "https://other.example" }, noon(), verify.ErrOrigin},
		{"no runs", func(s *story) { s.invite.Runs = 0 }, noon(), verify.ErrInvite},
		{"short nonce", func(s *story) { s.invite.Nonce = "00" }, noon(), verify.ErrInvite},
		{"another program", asking("1.4.0", "https://jobs.example/linecheck"), noon().Add(time.Hour), nil},
		{"no version", asking("newest", "https://jobs.example/linecheck"), noon(), verify.ErrInvite},
		{"no https", asking("1.4.0", "http://jobs.example/linecheck"), noon(), verify.ErrInvite},
		{"nothing of the program", asking("", ""), noon(), verify.ErrInvite},
	} {
		s := newStory(t, x)
		c.bend(s)
		_, _, err := verify.Invite(x.open(t), *s.tell(t).Invite, c.at)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// Every single-bit flip of a whole bundle is refused or leaves the identity as it was.
func TestEveryBitFlipOfABundle(t *testing.T) {
	x := newTenant(t)
	data, err := newStory(t, x).tell(t).JSON()
	if err != nil {
		t.Fatal(err)
	}
	trust := x.open(t)
	opt := verify.Options{At: noon().Add(time.Hour)}
	whole := verify.Bundle(data, trust, opt)
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 0; i < len(data)*8; i += step {
		flipped := bytes.Clone(data)
		flipped[i/8] ^= 1 << (i % 8)
		if r := verify.Bundle(flipped, trust, opt); r.Authentic {
			t.Fatalf("bit %d flipped (%q): still authentic, identity %s, was %s", i, data[max(0, i/8-10):i/8+10], r.ReportSHA256, whole.ReportSHA256)
		}
	}
}

func TestARecruitersOwnPolicyDecides(t *testing.T) {
	x := newTenant(t)
	own, err := policy.Parse([]byte(strings.Replace(policyText, ":3}", ":30}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	data, _ := newStory(t, x).tell(t).JSON()
	r := verify.Bundle(data, x.open(t), verify.Options{At: noon().Add(time.Hour), Policy: &own})
	if !r.Authentic || r.Appraisal.Verdict != report.NotReady {
		t.Errorf("%v %+v", r.Authentic, r.Appraisal)
	}
}

func FuzzBundle(f *testing.F) {
	x := newTenant(f)
	b := newStory(f, x).tell(f)
	plain, _ := b.JSON()
	text, _ := b.Armour()
	f.Add(plain)
	f.Add(text)
	s := newStory(f, x)
	asking("1.4.0", "https://jobs.example/linecheck")(s)
	asks := s.tell(f)
	more, _ := asks.JSON()
	f.Add(more)
	trust := x.open(f)
	ids := []string{digest(f, b.Report), digest(f, asks.Report)}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := verify.Bundle(data, trust, verify.Options{At: noon().Add(time.Hour)})
		if r.Authentic && !slices.Contains(ids, r.ReportSHA256) {
			t.Fatalf("authentic with another identity: %s", r.ReportSHA256)
		}
	})
}

// forgery is something that an attacker would try, and the step that finds it.
type forgery struct {
	name, step string
	bend       func(s *story)
	rework     func(b *bundle.Bundle)
	at         time.Time
}

func forgedInvites(x, stranger *tenant, foreign bundle.Bundle) []forgery {
	return []forgery{
		{name: "invite by a stranger", step: "invite", bend: func(s *story) { s.inviteKey = stranger.invite }},
		{name: "invite by the probe's key", step: "invite", bend: func(s *story) { s.inviteKey = x.probe }},
		{name: "invite of another tenant", step: "invite", bend: func(s *story) { s.invite.Tenant = "tenant-2" }},
		{name: "invite for another server", step: "invite", bend: func(s *story) { s.invite.Origin = "https://evil.example" }},
		{name: "a laxer policy in the invite", step: "invite", bend: func(s *story) { s.invite.Policy = strings.Replace(policyText, ":3}", ":1}", 1) }},
		{name: "invite sealed before its key counted", step: "invite", bend: func(s *story) { s.invite.Issued = noon().Add(-2 * time.Hour) }},
		{name: "no invite", step: "invite", rework: func(b *bundle.Bundle) { b.Invite = nil }},
		{name: "invite swapped for the report", step: "invite", rework: func(b *bundle.Bundle) { b.Invite = &b.Report }},
		{name: "another invite of the same tenant", step: "session", rework: func(b *bundle.Bundle) { b.Invite = foreign.Invite }},
		{name: "another nonce", step: "session", bend: func(s *story) { s.report.Nonce = strings.Repeat("0", 32) }},
		{name: "another policy digest", step: "session", bend: func(s *story) { s.report.PolicySHA256 = policy.Digest([]byte("x")) }},
		{name: "built on another invite's digest", step: "session", bend: func(s *story) { s.inviteOn = envelope.Digest([]byte("x")) }},
		{name: "a voice that the invite does not ask for", step: "session", bend: func(s *story) { s.voice = []byte("fLaC...") }},
		{name: "another voice", step: "session", bend: spoken, rework: func(b *bundle.Bundle) { b.Voice = []byte("fLaC... of somebody else") }},
		{name: "a voice left out", step: "session", bend: spoken, rework: func(b *bundle.Bundle) { b.Voice = nil }},
		{name: "a voice put in", step: "session", bend: func(s *story) { s.invite.VoiceSample = true }, rework: func(b *bundle.Bundle) { b.Voice = []byte("fLaC...") }},
		{name: "no sound file", step: "coat", bend: func(s *story) { s.invite.VoiceSample, s.voice = true, []byte("MZ...") }},
		{name: "an invite that asks for no version of the program", step: "invite", bend: asking("newest", "https://jobs.example/linecheck")},
		{name: "an invite whose program is not to be had by https", step: "invite", bend: asking("1.4.0", "http://jobs.example/linecheck")},
		{name: "not signed where the invite asks for it", step: "session", bend: func(s *story) { s.invite.LegalName = true }},
	}
}

// asking: the invite asks for a program of that version, to be had there.
func asking(version, link string) func(*story) {
	return func(s *story) { s.invite.Program = &report.NeededProgram{AtLeast: version, Link: link} }
}

// spoken: the invite asks for a voice, and the applicant agreed.
func spoken(s *story) { s.invite.VoiceSample, s.voice = true, []byte("fLaC...") }

func TestAVoiceThatWasAskedFor(t *testing.T) {
	x := newTenant(t)
	s := newStory(t, x)
	spoken(s)
	if r := judge(t, x, s.tell(t), noon().Add(time.Hour)); !r.Authentic || string(r.Voice) != "fLaC..." {
		t.Errorf("%+v", r.Steps)
	}
	s = newStory(t, x)
	s.invite.VoiceSample = true
	if r := judge(t, x, s.tell(t), noon().Add(time.Hour)); !r.Authentic || r.Voice != nil {
		t.Errorf("whoever does not agree: %+v", r.Steps)
	}
}

func forgedObservations(x, stranger *tenant, foreign bundle.Bundle) []forgery {
	return []forgery{
		{name: "observation by a stranger", step: "observations", bend: func(s *story) { s.probeKey = stranger.probe }},
		{name: "observation by the applicant", step: "observations", bend: func(s *story) { s.probeKey = s.session }},
		{name: "observation of another session", step: "observations", bend: func(s *story) { s.observation.SessionKey = x.probe.Public().ID() }},
		{name: "observation of another invite", step: "observations", rework: func(b *bundle.Bundle) { b.Observations = foreign.Observations }},
		{name: "observation older than the invite", step: "observations", bend: func(s *story) { s.observation.Started = noon().Add(-30 * time.Minute) }},
		{name: "observation dropped", step: "observations", bend: func(s *story) { s.dropObservation = true }},
		{name: "observation twice", step: "observations", rework: func(b *bundle.Bundle) { b.Observations = append(b.Observations, b.Observations[0]) }},
		{name: "another observation's digest", step: "observations", bend: func(s *story) { s.obsOn = envelope.Digest([]byte("x")) }},
		{name: "claims more than was observed", step: "observations", bend: func(s *story) { s.report.Evidence[0].Metrics[0].Value = 45 }},
		{name: "says the server measured what it did not", step: "observations", bend: func(s *story) { s.report.Evidence[0].Metrics[1].Origin = report.Server }},
		{name: "contradicts what was observed", step: "observations", bend: func(s *story) {
			s.report.Evidence[0].Metrics[0] = report.Metric{Key: "up.mbps", Value: 95, Unit: "Mbit/s", Origin: report.Client}
		}},
		{name: "leaves out what was observed", step: "observations", bend: func(s *story) { s.report.Evidence[0].Metrics = s.report.Evidence[0].Metrics[1:] }},
		{name: "a series that the server did not see so", step: "observations", bend: func(s *story) { s.report.Evidence[0].Series = seen(4, 5.5) }},
		{name: "leaves out a series that was observed", step: "observations", bend: func(s *story) { s.report.Evidence[0].Series = nil }},
		{name: "leaves out the whole check", step: "observations", bend: func(s *story) { s.report.Evidence = []report.Evidence{} }},
	}
}

// seen is a series as the fixture's probe saw it.
func seen(values ...report.Number) []report.Series {
	s := report.Series{Key: "up.mbps", Unit: "Mbit/s", Origin: report.Server}
	for i, v := range values {
		s.AtMS, s.Values = append(s.AtMS, int64(i)*100), append(s.Values, v)
	}
	return []report.Series{s}
}

func forgedReports(x *tenant) []forgery {
	return []forgery{
		{name: "report names another key", step: "envelope", bend: func(s *story) { s.report.SessionKey = x.probe.Public().ID() }},
		{name: "a check twice", step: "envelope", bend: func(s *story) { s.report.Evidence = append(s.report.Evidence, s.report.Evidence[0]) }},
		{name: "a metric twice", step: "envelope", bend: func(s *story) {
			e := &s.report.Evidence[0]
			e.Metrics = append(e.Metrics, report.Metric{Key: "down.mbps", Value: 500, Unit: "Mbit/s", Origin: report.Client})
		}},
		{name: "an escape sequence as unit", step: "envelope", bend: func(s *story) { s.report.Evidence[0].Metrics[1].Unit = "GB\x1b[31m" }},
		{name: "another unit than the key's", step: "envelope", bend: func(s *story) { s.report.Evidence[0].Metrics[1].Unit = "bytes" }},
		{name: "a made-up outcome", step: "envelope", bend: func(s *story) { s.report.Evidence[0].Outcome = "great" }},
		{name: "a reason for what was measured", step: "envelope", bend: func(s *story) { s.report.Evidence[0].Reason = "x.y" }},
		{name: "a reason that steers the terminal", step: "envelope", bend: func(s *story) {
			e := &s.report.Evidence[0]
			e.Outcome, e.Reason, e.Fault = report.Unavailable, "x\x1b[2J", report.FaultYou
		}},
		{name: "a negative revision", step: "envelope", bend: func(s *story) { s.report.Evidence[0].Revision = -7 }},
		{name: "report swapped for the invite", step: "envelope", rework: func(b *bundle.Bundle) { b.Report = *b.Invite }},
		{name: "signature of another envelope", step: "envelope", rework: func(b *bundle.Bundle) { b.Report.Signatures = b.Invite.Signatures }},
		{name: "no signature", step: "envelope", rework: func(b *bundle.Bundle) { b.Report.Signatures = []envelope.Signature{} }},
	}
}

func forgedReceipts(t *testing.T, stranger *tenant, foreign bundle.Bundle) []forgery {
	return []forgery{
		{name: "receipt by a stranger", step: "receipt", bend: func(s *story) { s.receiptKey = stranger.receipt }},
		{name: "receipt of another report", step: "receipt", rework: func(b *bundle.Bundle) { b.Receipt = foreign.Receipt }},
		{name: "receipt names another digest", step: "receipt", bend: func(s *story) { s.receipt.ReportSHA256 = envelope.Digest([]byte("x")) }},
		{name: "receipt older than the measurement", step: "receipt", bend: func(s *story) { s.receipt.Received = noon() }},
		{name: "a receipt without a place in the log", step: "log", bend: func(s *story) { s.log = func(e *report.LogEntry) { *e = report.LogEntry{} } }},
		{name: "another date than the log's", step: "log", bend: func(s *story) {
			s.log = func(*report.LogEntry) { s.receipt.Received = s.receipt.Received.Add(time.Hour) }
		}},
		{name: "another place in the log", step: "log", bend: func(s *story) { s.log = func(e *report.LogEntry) { e.Index-- } }},
		{name: "another root of the log", step: "log", bend: func(s *story) { s.log = func(e *report.LogEntry) { e.Root = envelope.Digest([]byte("x")) } }},
		{name: "the place of another report", step: "log", bend: func(s *story) {
			s.log = func(e *report.LogEntry) { *e = entry(t, envelope.Digest([]byte("another"))) }
		}},
		{name: "received after the invite's end", step: "window", bend: func(s *story) { s.receipt.Received = noon().Add(20 * 24 * time.Hour) }},
		{name: "looked at before it was made", step: "window", at: noon().AddDate(0, 0, -3)},
		{name: "the report has expired", step: "window", at: noon().AddDate(0, 0, 31)},
		{name: "the invite has expired and there is no receipt", step: "window", bend: func(s *story) { s.dropReceipt = true }, at: noon().AddDate(0, 0, 15)},
	}
}
