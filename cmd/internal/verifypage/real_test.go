//go:build !(js && wasm)

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/progtest"
)

// office is the real programs with a recruiter's server.
type office struct {
	t   *testing.T
	dir string
	url string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir()}
	if _, err := progtest.Build(o.dir, "linecheck-recruiter", "linecheck-support"); err != nil {
		t.Fatal(err)
	}
	o.must("linecheck-recruiter", "keygen", "--out", o.path("keys"), "--name", "Example Support Ltd")
	server := exec.Command(o.path("linecheck-recruiter"), "serve", "--keys", o.path("keys"), "--data", o.path("data"), "--listen", "127.0.0.1:0")
	o.url = progtest.Serve(t, server)
	return o
}

func (o *office) path(name string) string { return filepath.Join(o.dir, name) }

// must runs a program that has to succeed.
func (o *office) must(program string, args ...string) string {
	o.t.Helper()
	cmd := exec.Command(o.path(program), args...)
	cmd.Env = append(os.Environ(), "LINECHECK_HOME="+o.path("home"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		o.t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// From keys to the page with the real programs: the page says what the command says, member for member.
func TestTheProgramsOwnReport(t *testing.T) {
	b := open(t)
	o := newOffice(t)
	rules := `{"schema":"linecheck.policy/1","id":"quick","version":1,"rules":[{"id":"m","check":"machine.memory","metric":"machine.memory.total.bytes","at_least":{"minimum":1},"finding":"machine.memory.small","fault":"you","source":"test"}]}`
	if err := os.WriteFile(o.path("policy.json"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	o.must("linecheck-recruiter", "invite", "--keys", o.path("keys"), "--applicant", "A-17", "--role", "customer-service", "--region", "EU",
		"--probe", o.url, "--policy", o.path("policy.json"), "--out", o.path("invite"))
	o.must("linecheck-support", "run", "--json", "--yes", "--invite", o.path("invite"), "--out", o.path("out"))
	o.must("linecheck-recruiter", "trust", "export", "--keys", o.path("keys"), "--out", o.path("trust.json"))
	reports, err := filepath.Glob(o.path("out/report.*"))
	if err != nil || len(reports) < 2 {
		t.Fatalf("reports %v, %v", reports, err)
	}
	t.Log(reports)
	b.choose("trust", o.path("trust.json"))
	for i, name := range reports {
		b.choose("report", name)
		got := members(t, b.answered(i+1))
		at := browsertest.Get[string](b.Browser, `new Date().toISOString()`)
		want := members(t, o.must("linecheck-recruiter", "verify", name, "--trust", o.path("trust.json"), "--json", "--at", at))
		for _, own := range []string{"shown", "file", "verdict"} {
			delete(got, own)
			delete(want, own)
		}
		// The command draws a PDF's pages anew and compares; the page says that it does not.
		steps, _ := want["steps"].([]any)
		want["steps"] = slices.DeleteFunc(steps, func(s any) bool { return s.(map[string]any)["name"] == "pages" })
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 6 || fmt.Sprint(got["authentic"]) != "true" {
			t.Errorf("%s: the page says something else than the command (-command +page):\n%s", filepath.Base(name), diff)
		}
	}
	b.quiet()
}

func members(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}
