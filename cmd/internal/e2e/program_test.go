package e2e

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// An invite that asks for a newer program: one line says which version this is, which one is
// asked for and where to get it; nothing runs, and no run of the invite is used.
func TestAnInviteForANewerProgram(t *testing.T) {
	w := newWorld(t)
	const link = "https://jobs.example/linecheck"
	quick := w.policy(map[string]string{"machine.memory": "machine.memory.total.bytes"})
	invite := w.invite("--policy", quick, "--runs", "1", "--program", "999.0.0", "--program-link", link)
	a := w.applicant()
	said := "the invite asks for 999.0.0 or newer; get it at " + link
	got := a.run(nil, "--invite", invite)
	if got.code != 1 || !got.idle() || !strings.HasPrefix(got.stderr, "linecheck-support: this is version ") || !strings.Contains(got.stderr, said) || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("exit %d, %+v\n%s", got.code, got.events, got.stderr)
	}
	if e := got.last(); e.Code != "program.old" || e.Program == nil || e.Program.AtLeast != "999.0.0" || e.Program.Link != link || e.Program.Version == "" {
		t.Errorf("%+v", e)
	}
	for _, verb := range []string{"run", "diagnose", "watch"} {
		for _, asJSON := range []bool{false, true} {
			args := []string{verb, "--invite", invite}
			if asJSON {
				args = append(args, "--json")
			}
			cmd := a.command(t.Context(), args...)
			var out, complaint bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &complaint
			if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("%v: %v", args, err)
			}
			if !strings.Contains(complaint.String(), said) || strings.Count(complaint.String(), "\n") != 1 {
				t.Errorf("%v:\n%s", args, complaint.String())
			}
			var e event
			if err := json.Unmarshal(out.Bytes(), &e); asJSON && (err != nil || e.Type != "refused" || e.Code != "program.old") || !asJSON && out.Len() > 0 {
				t.Errorf("%v: %v\n%s", args, err, out.String())
			}
		}
	}
	if reports, runs := w.stored(); reports+runs > 0 {
		t.Errorf("%d reports of %d runs reached the server", reports, runs)
	}
	w.stop()
	if got := a.run(nil, "--invite", invite); got.code != 1 || !got.idle() || strings.Contains(got.stderr, link) || got.last().Program == nil || got.last().Program.Link != "" {
		t.Errorf("nobody confirms it: exit %d, %+v\n%s", got.code, got.events, got.stderr)
	}
	w.start()
	// Every version that there is will do.
	got = a.run(nil, "--invite", w.invite("--policy", quick, "--program", "0.0.0-0", "--program-link", link))
	if got.code != 0 || !got.last().Sent {
		t.Fatalf("exit %d\n%s", got.code, got.stderr)
	}
	var pdf string
	for _, f := range got.last().Files {
		if strings.HasSuffix(f, ".pdf") {
			pdf = f
		}
	}
	if out := w.recruiter("verify", pdf, "--trust", w.trust()); !strings.Contains(out, ": AUTHENTIC, ready") {
		t.Errorf("%s", out)
	}
}
