package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/policy"
)

// reseal changes a good invite and seals it again with the recruiter's own key.
func (w *world) reseal(file string, bend func(*report.Invite)) string {
	w.t.Helper()
	var sealed envelope.Envelope
	data, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &sealed); err != nil {
		w.t.Fatal(err)
	}
	public, err := envelope.ParsePublic(sealed.KeyID())
	if err != nil {
		w.t.Fatal(err)
	}
	o, err := envelope.Open[report.Invite](sealed, public, report.InviteType)
	if err != nil {
		w.t.Fatal(err)
	}
	seed, err := os.ReadFile(w.path("keys", "invite.key"))
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := envelope.ParsePrivate(strings.TrimSpace(string(seed)))
	if err != nil {
		w.t.Fatal(err)
	}
	inv := o.Value()
	bend(&inv)
	e, err := envelope.Seal(key, report.InviteType, []envelope.Subject{envelope.On("policy", policy.Digest([]byte(inv.Policy)))}, inv)
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := e.Bytes()
	if err != nil {
		w.t.Fatal(err)
	}
	return w.file("bent", string(out))
}

func (w *world) file(name, text string) string {
	w.t.Helper()
	f, err := os.CreateTemp(w.dir, name+"-")
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
	return f.Name()
}

// Each bad invite: one clear line that says which thing is wrong, the exit
// status, nothing run, nothing sent.
func TestBadInvites(t *testing.T) {
	w := newWorld(t)
	stranger := newWorld(t)
	quick := w.quick()
	good := w.invite("--policy", quick)
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(text)
	i := bytes.Index(altered, []byte(`"payload":"`)) + 500
	altered[i] ^= 1
	now := time.Now().UTC().Truncate(time.Second)
	for _, c := range []struct {
		name, invite string
		code         int
		says         string
	}{
		{"missing file", w.path("nothing"), 2, `no such file`},
		{"a folder", w.dir, 2, `is a folder`},
		{"empty", w.file("i", ""), 2, `is empty`},
		{"prose", w.file("i", "hello"), 2, `not a Linecheck invite`},
		{"cut off", w.file("i", string(text[:len(text)/2])), 2, `not a Linecheck invite`},
		{"huge", w.file("i", strings.Repeat("x", 1<<20)), 2, `larger than`},
		{"another statement", w.path("keys", "trust.json"), 2, `not a Linecheck invite`},
		{"link cut off", "linecheck://invite/abc", 2, `not a Linecheck invite`},
		{"link damaged", "linecheck://invite/%%%", 2, `link is damaged`},
		{"another link", "linecheck://nonsense", 2, `not a Linecheck invite`},
		{"altered", w.file("i", string(altered)), 6, `altered`},
		{"expired", w.reseal(good, func(i *report.Invite) {
			i.Issued, i.NotBefore, i.NotAfter = now.Add(-30*time.Second), now.Add(-30*time.Second), now.Add(-10*time.Second)
		}), 6, `has expired`},
		{"not yet valid", w.reseal(good, func(i *report.Invite) { i.NotBefore = now.Add(time.Hour) }), 6, `not yet valid`},
		{"for another server", w.reseal(good, func(i *report.Invite) { i.Origin = "https://127.0.0.1:1" }), 6, `for another server`},
		{"signed by a stranger", stranger.reseal(stranger.invite("--policy", stranger.quick()), func(i *report.Invite) { i.Origin = w.url }), 6, `signed by a stranger`},
	} {
		a := w.applicant()
		args := []string{"--invite", c.invite}
		if strings.Contains(c.name, "another server") || strings.Contains(c.name, "stranger") {
			args = append(args, "--probe", w.url) // reach this server, whatever the invite says
		}
		if c.name == "signed by a stranger" {
			// The stranger's invite must name this server's certificate, or it is not reached at all.
			args[1] = w.repin(stranger, c.invite)
		}
		got := a.run(nil, args...)
		line := regexp.MustCompile(c.says)
		if got.code != c.code || !line.MatchString(got.stderr) || strings.Count(strings.TrimSpace(got.stderr), "\n") > 0 {
			t.Errorf("%s: exit %d, want %d and one line with %q:\n%s", c.name, got.code, c.code, c.says, got.stderr)
		}
		if !got.idle() {
			t.Errorf("%s: something ran: %+v", c.name, got.events[0])
		}
		if c.code == 6 && got.last().Code == "" {
			t.Errorf("%s: no code", c.name)
		}
		if left, _ := filepath.Glob(filepath.Join(a.home, "*", "*", "*")); len(left) > 0 {
			t.Errorf("%s left %v", c.name, left)
		}
	}
	if reports, runs := w.stored(); reports+runs > 0 {
		t.Errorf("%d reports of %d runs reached the server", reports, runs)
	}
}

// repin gives a stranger's invite this server's pin, sealed by the stranger.
func (w *world) repin(stranger *world, file string) string {
	pin := ""
	w.reseal(w.invite(), func(i *report.Invite) { pin = i.ProbePin })
	return stranger.reseal(file, func(i *report.Invite) { i.ProbePin = pin })
}

func TestRunsUsedUp(t *testing.T) {
	w := newWorld(t)
	invite := w.invite("--policy", w.quick(), "--runs", "1")
	if got := w.applicant().run(nil, "--invite", invite); got.code != 0 {
		t.Fatalf("exit %d\n%s", got.code, got.stderr)
	}
	got := w.applicant().run(nil, "--invite", invite)
	if got.code != 6 || !strings.Contains(got.stderr, "all runs") || !got.idle() {
		t.Errorf("exit %d, %d events\n%s", got.code, len(got.events), got.stderr)
	}
}

func TestWrongUsage(t *testing.T) {
	w := newWorld(t)
	for says, args := range map[string][]string{
		"needs --invite":             {"--probe", w.url},
		"exclude each other":         {"--invite", w.invite(), "--policy", w.quick()},
		"unknown flag":               {"--nonsense"},
		"not a usable policy":        {"--policy", w.file("p", "{}")},
		"full legal name":            {"--invite", w.invite("--legal-name")},
		"not a server address":       {"--invite", w.invite(), "--probe", "jobs"},
		"no such check":              {"--check", "x"},
		"unknown command|arg.*extra": {"extra"},
	} {
		if got := w.applicant().run(nil, args...); got.code != 2 || !regexp.MustCompile(says).MatchString(got.stderr) || !got.idle() {
			t.Errorf("%v: exit %d\n%s", args, got.code, got.stderr)
		}
	}
}

// A report that is sealed is what counts, whatever could be measured meanwhile:
// the answer is about it, and nothing is measured anew.
func TestTheAnswerIsAboutTheSealedReport(t *testing.T) {
	w := newWorld(t)
	way := newWay(t, w)
	a := w.applicant()
	args := []string{"--invite", w.invite("--policy", w.quick()), "--probe", way.url()}
	way.set(noProbe)
	first := a.run(nil, args...)
	if first.code != 1 || first.last().Verdict != "inconclusive" {
		t.Fatalf("exit %d, %s\n%s", first.code, first.last().Verdict, first.stderr)
	}
	way.set(pass)
	second := a.run(nil, args...)
	if second.code != 5 || !second.last().Sent || second.last().Verdict != "inconclusive" {
		t.Errorf("exit %d, %s, sent %v\n%s", second.code, second.last().Verdict, second.last().Sent, second.stderr)
	}
	for _, e := range second.events {
		if e.Type == "started" {
			t.Errorf("%s was measured anew", e.Check)
		}
	}
}

// An invite of one server, tried at another: refused, nothing run.
func TestAnotherServersInvite(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	got := w.applicant().run(nil, "--invite", w.invite("--policy", w.quick()), "--probe", other.url)
	if got.code != 6 || !got.idle() || !strings.Contains(got.stderr, "for another server") {
		t.Errorf("exit %d\n%s", got.code, got.stderr)
	}
}

// The server says no for good: said once, not kept for ever.
func TestARefusalForGood(t *testing.T) {
	w := newWorld(t)
	way := newWay(t, w)
	a := w.applicant()
	invite := w.invite("--policy", w.quick())
	args := []string{"--invite", invite, "--probe", way.url()}
	way.set(refuse)
	if got := a.run(nil, args...); got.code != 1 {
		t.Fatalf("exit %d\n%s", got.code, got.stderr)
	}
	id := ""
	w.reseal(invite, func(i *report.Invite) { id = i.ID })
	w.recruiter("trust", "revoke", "--keys", w.path("keys"), id)
	out, err := a.command(t.Context(), "send").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "revoked") {
		t.Errorf("%v: %s", err, out)
	}
	if reports, _ := w.stored(); reports != 0 {
		t.Errorf("%d reports", reports)
	}
}
