package session_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/support"
)

// The bundle holds evidence and log, each with its digest, and nothing that names anybody.
func TestSupport(t *testing.T) {
	pc := newComputer(t)
	pc.run(t)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	owner, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	log := `{"msg":"started","at":"` + host + ` ` + owner + `/x 192.168.7.9 anna@example.com"}` + "\n" + `{"msg":"private","lines":["secret-program"]}` + "\nhalf a li"
	if err := os.WriteFile(filepath.Join(pc.home, "log.jsonl"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	facts := []support.Fact{
		{Key: "version", Value: "1.2", Class: support.Public},
		{Key: "router", Value: "fritz.box", Class: support.Private, What: "name"},
		{Key: "proxy", Value: "user:pass", Class: support.Secret, What: "password"},
		{Key: "forgotten", Value: "nobody said who may see it", What: "unknown"},
	}
	gather := func() (support.Manifest, map[string][]byte) {
		m, files, err := session.Support(pc.home, report.Program{Name: "linecheck"}, facts)
		if err != nil {
			t.Fatal(err)
		}
		return m, files
	}
	m, files := gather()
	var b bytes.Buffer
	if err := support.Write(&b, m, files); err != nil {
		t.Fatal(err)
	}
	o, err := support.Open(b.Bytes())
	if err != nil || len(o.Troubles) > 0 || len(o.Files) != len(files) {
		t.Fatalf("%v: %v", err, o.Troubles)
	}
	all := ""
	for name, text := range o.Files {
		all += name + "\n" + string(text) + "\n"
	}
	for _, no := range []string{"secret-program", owner + "/x", "192.168.7.9", "anna@", "fritz.box", "user:pass", "nobody said"} {
		if strings.Contains(all, no) {
			t.Errorf("the bundle holds %q:\n%s", no, all)
		}
	}
	if len(host) > 2 && strings.Contains(string(files["log.jsonl"]), host) || !strings.Contains(string(files["log.jsonl"]), "started") {
		t.Errorf("log: %s", files["log.jsonl"])
	}
	found, err := filepath.Glob(filepath.Join(pc.home, "sessions", "*", "state.json"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	state, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if key := strings.Split(string(state), `"`); len(key) > 7 && strings.Contains(all, key[7]) {
		t.Error("the bundle holds the session's key")
	}
	if !strings.Contains(all, "x.one.json") || m.Case == "" || len(m.Hidden) == 0 {
		t.Errorf("manifest: %+v", m)
	}
	again, same := gather()
	if string(same["facts.json"]) != string(files["facts.json"]) {
		t.Errorf("pseudonyms change from bundle to bundle:\n%s\n%s", files["facts.json"], same["facts.json"])
	}
	if again.Case == m.Case {
		t.Error("two bundles without a report have the same case code")
	}
}

// A bundle belongs to the newest report, by its digest and its case code.
func TestSupportKnowsItsReport(t *testing.T) {
	pc := newComputer(t)
	s := pc.open(t)
	defer s.Close()
	b, err := s.Seal(s.Run(t.Context(), func(checks.Event) {}), "", false)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := b.Report.Digest()
	if err != nil {
		t.Fatal(err)
	}
	m, files, err := session.Support(pc.home, report.Program{Name: "linecheck"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Report != digest || m.Case != bundle.Code(digest) {
		t.Errorf("report %s, case %s", m.Report, m.Case)
	}
	l, err := support.Look(files[support.ReportName])
	if err != nil || l.Digest != digest || l.Seal != support.SealWhole || len(l.Evidence) == 0 {
		t.Errorf("%v: %+v", err, l)
	}
}
