package e2e

import (
	"os"
	"strings"
	"testing"

	"linecheck/report"
)

// An applicant who knows a trust file follows the recruiter's changes of keys,
// and is not led back to an older file.
func TestKeysChangeAndDoNotChangeBack(t *testing.T) {
	w := newWorld(t)
	quick := w.policy(map[string]string{"machine.memory": "machine.memory.total.bytes"})
	a := w.applicant()
	run := func(name string, code int, says string) {
		t.Helper()
		got := a.run(nil, "--invite", w.invite("--policy", quick))
		if got.code != code || !strings.Contains(got.stderr, says) || got.last().Sent != (code == 0) {
			t.Errorf("%s: exit %d, want %d and %q\n%s", name, got.code, code, says, got.stderr)
		}
	}
	restart := func() { w.stop(); w.start() }
	run("first", 0, "")
	old, err := os.ReadFile(w.path("keys", "trust.json"))
	if err != nil {
		t.Fatal(err)
	}
	w.recruiter("trust", "revoke", "--keys", w.path("keys"), "00112233445566778899aabbccddeeff")
	run("a newer version", 0, "")
	newer, err := os.ReadFile(w.path("keys", "trust.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path("keys", "trust.json"), old, 0o644); err != nil {
		t.Fatal(err)
	}
	run("led back", 6, "older than one that was seen before")
	if err := os.WriteFile(w.path("keys", "trust.json"), newer, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"invite", "probe", "receipt", "root"} {
		w.recruiter("trust", "rotate", "--keys", w.path("keys"), role)
		restart()
		run("after a new "+role+" key", 0, "")
	}
}

// A revoked invite is refused before anything runs.
func TestRevokedInvite(t *testing.T) {
	w := newWorld(t)
	invite := w.invite("--policy", w.quick())
	id := ""
	w.reseal(invite, func(i *report.Invite) { id = i.ID })
	w.recruiter("trust", "revoke", "--keys", w.path("keys"), id)
	got := w.applicant().run(nil, "--invite", invite)
	if got.code != 6 || !strings.Contains(got.stderr, "revoked") || !got.idle() {
		t.Errorf("exit %d\n%s", got.code, got.stderr)
	}
}
