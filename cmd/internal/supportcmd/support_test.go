package supportcmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/wiring"
	"linecheck/report"
	"linecheck/report/support"
)

// The tests' own program is started for the sound library, as the real one would be.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "audio-helper" {
		os.Exit(Main())
	}
	os.Exit(m.Run())
}

// said runs the program as from a terminal that nobody sits at.
func said(t *testing.T, args ...string) (out, complaint string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Main(root(), args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

func TestExplain(t *testing.T) {
	out, _, code := said(t, "explain", "network.captive")
	for _, want := range []string{"network.captive", "What to do:", "run --check network.path"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q in\n%s", code, want, out)
		}
	}
	if out, _, _ := said(t, "explain", "audio.microphone.forbidden"); !strings.Contains(out, "Where:") {
		t.Errorf("it does not say where:\n%s", out)
	}
	if _, complaint, code := said(t, "explain", "no.such"); code != cli.Usage || !strings.Contains(complaint, "there is no code") {
		t.Errorf("exit %d: %s", code, complaint)
	}
}

func TestLicences(t *testing.T) {
	if out, complaint, code := said(t, "licences"); code != cli.OK || complaint != "" || !strings.HasPrefix(out, "Licences of what Linecheck is made of\n") {
		t.Errorf("exit %d: %s%.60q", code, complaint, out)
	}
	if _, complaint, code := said(t, "licences", "x"); code != cli.Usage || complaint == "" {
		t.Errorf("exit %d: %s", code, complaint)
	}
}

// What was changed between two reports is told, and how far each can be believed.
func TestCompare(t *testing.T) {
	const good = "../../../report/testdata/good.json"
	dir := t.TempDir()
	line := func(name, facts string) string {
		path := filepath.Join(dir, name)
		text := `{"schema":"linecheck.event/1","type":"finished","check":"network.path","evidence":{"check":"network.path","revision":1,"started":"2026-01-02T03:04:05Z","elapsed_ms":5,"outcome":"measured","metrics":[],"facts":` + facts + "}}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, after := line("a.jsonl", `{"link":"cable","server":"works"}`), line("b.jsonl", `{"link":"wifi","server":"works"}`)
	out, _, code := said(t, "compare", before, after)
	if code != 0 || !strings.Contains(out, "anybody could have written it") || !strings.Contains(out, "cable -> wifi") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if out, _, code := said(t, "compare", good, good); code != 0 || !strings.Contains(out, "Nothing changed") || !strings.Contains(out, "not verified") {
		t.Errorf("exit %d\n%s", code, out)
	}
	out, _, code = said(t, "compare", good, after, "--json")
	var c comparison
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != 0 || c.Schema != comparisonSchema || c.A.Trust != "unverified" || c.B.Trust != "unsigned" || c.A.Report == "" || len(c.Changes) == 0 {
		t.Errorf("exit %d, %v: %+v", code, err, c)
	}
	for _, bad := range []string{filepath.Join(dir, "nothing"), dir, "../../../go.mod"} {
		if _, complaint, code := said(t, "compare", bad, after); code != cli.Usage || strings.Count(complaint, "\n") != 1 {
			t.Errorf("%s: exit %d, %q", bad, code, complaint)
		}
	}
}

// The file for support is listed without being written, written where it was asked for, and read back.
func TestBundle(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	t.Setenv(wiring.HomeVariable, home)
	if err := os.WriteFile(filepath.Join(home, "log.jsonl"), []byte(`{"msg":"met 192.168.7.9"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code := said(t, "bundle", "--list")
	if left, _ := os.ReadDir(dir); code != 0 || len(left) > 0 || !strings.Contains(out, "log.jsonl") || !strings.Contains(out, "Signing keys: not in the file") {
		t.Errorf("exit %d\n%s", code, out)
	}
	out, _, code = said(t, "bundle", "--out", dir, "--json")
	var m support.Manifest
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != 0 || m.Schema != support.Schema || m.Case == "" {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*"+m.Case+"*.zip"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	o, err := support.Open(data)
	if err != nil || len(o.Troubles) > 0 || bytes.Contains(data, []byte("192.168.7.9")) || strings.Contains(string(o.Files["log.jsonl"]), "192.168.7.9") {
		t.Errorf("%v: %v", err, o.Troubles)
	}
	if _, complaint, code := said(t, "bundle", "--out", filepath.Join(dir, "nowhere")); code != cli.Usage || !strings.Contains(complaint, "no such folder") {
		t.Errorf("exit %d: %s", code, complaint)
	}
}

func TestWrongUsage(t *testing.T) {
	t.Setenv(wiring.HomeVariable, t.TempDir())
	for _, args := range [][]string{{"diagnose", "headache"}, {"diagnose", "calls", "slow"}, {"watch", "--every", "1s"}, {"watch", "--for", "-1s"}, {"compare", "one"}} {
		if _, complaint, code := said(t, args...); code != cli.Usage || strings.Count(complaint, "\n") != 1 {
			t.Errorf("%v: exit %d, %q", args, code, complaint)
		}
	}
}

// A watch sums up how long each trouble lasted and how often it began.
func TestSummary(t *testing.T) {
	words, err := wiring.Messages("en")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := watchCmd()
	cmd.SetOut(&out)
	begin := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	bad := &report.Finding{Code: "network.dns.broken", Args: map[string]string{}}
	w := &watcher{cmd: cmd, p: &program{words: words}, looks: 9, spans: []span{{from: begin}, {from: begin.Add(time.Minute), cause: bad}, {from: begin.Add(2 * time.Minute)}, {from: begin.Add(5 * time.Minute), cause: bad}}}
	if err := w.summary(begin.Add(7 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"9 looks", "4m0s    2x  all is well", "3m0s    2x  Names of servers are not found"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
