package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A folder of reports: one line each, and what they have in common after them.
func TestVerifyManyFiles(t *testing.T) {
	w := newWorld(t)
	policy := w.file("p", `{"schema":"linecheck.policy/1","id":"m","version":1,"machine":true,"rules":[
		{"id":"m","check":"machine.memory","metric":"machine.memory.total.bytes","at_least":{"minimum":0},"finding":"x.y","fault":"you","source":"test"}]}`)
	dir := t.TempDir()
	one, two := w.invite("--policy", policy), w.invite("--policy", policy, "--applicant", "B-2")
	for i, invite := range []string{one, one, two} {
		got := w.applicant().run(nil, "--invite", invite, "--out", filepath.Join(dir, string(rune('a'+i))))
		if got.code != 0 || !got.last().Sent {
			t.Fatalf("exit %d\n%s", got.code, got.stderr)
		}
		if !strings.Contains(got.stderr, "pseudonym of this computer") {
			t.Errorf("the pseudonym is not named before consent:\n%s", got.stderr)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "prose.txt"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	copied, err := os.ReadFile(filepath.Join(dir, "a", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "again.json"), copied, 0o600); err != nil {
		t.Fatal(err)
	}
	verify := func(args ...string) (int, string) {
		cmd := exec.Command(w.programs.recruiter, append([]string{"verify", "--trust", w.trust()}, args...)...)
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	code, text := verify(dir)
	if code != 6 || strings.Count(text, "\nready") != 9 || !strings.HasPrefix(text, "ready") {
		t.Errorf("exit %d\n%s", code, text)
	}
	for _, want := range []string{"NOT AUTHENTIC", "prose.txt", "The same report, more than once:", "Several runs under one invite:", "One computer, several applicants:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if code, text = verify(filepath.Join(dir, "*", "report.json")); code != 0 || strings.Contains(text, "The same report") || strings.Count(text, "report.json") < 3 {
		t.Errorf("exit %d\n%s", code, text)
	}
	if code, text = verify("--json", dir); code != 6 || strings.Count(text, `"schema":"linecheck.verification/1"`) != 11 || strings.Count(text, `"schema":"linecheck.remark/1"`) != 3 {
		t.Errorf("exit %d\n%s", code, text)
	}
	for says, args := range map[string][]string{"nothing there has such a name": {filepath.Join(dir, "*.nope")}, "no reports": {t.TempDir()}, "no such file": {filepath.Join(dir, "nope.json")}} {
		if code, text := verify(args...); code != 2 || !strings.Contains(text, says) {
			t.Errorf("%v: exit %d\n%s", args, code, text)
		}
	}
	fifo := filepath.Join(t.TempDir(), "pipe.json")
	if err := exec.Command("mkfifo", fifo).Run(); err != nil {
		t.Skip("no pipes here: ", err)
	}
	if code, text := verify(fifo); code != 2 || !strings.Contains(text, "not a file") {
		t.Errorf("a pipe: exit %d\n%s", code, text)
	}
}
