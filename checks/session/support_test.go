package session_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecheck/checks/session"
	"linecheck/report"
)

// The bundle holds evidence and log, each with its digest, and nothing that names anybody.
func TestSupportBundle(t *testing.T) {
	pc := newComputer(t)
	pc.run(t)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	log := `{"msg":"started","at":"` + host + ` ` + home + `/x"}` + "\n" + `{"msg":"private","lines":["secret-program"]}` + "\nhalf a li"
	if err := os.WriteFile(filepath.Join(pc.home, "log.jsonl"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := session.WriteSupport(&b, pc.home, report.Program{Name: "linecheck"}, map[string][]byte{"devices.json": []byte("[]")}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(data)
	}
	var m session.Manifest
	if err := json.Unmarshal([]byte(got["manifest.json"]), &m); err != nil || m.Schema != session.SupportSchema || len(m.Files) != len(got)-1 || len(m.Hidden) == 0 {
		t.Errorf("manifest: %v\n%s", err, got["manifest.json"])
	}
	all := ""
	for name, text := range got {
		all += name + "\n" + text + "\n"
	}
	var state struct{ Key string }
	found, err := filepath.Glob(filepath.Join(pc.home, "sessions", "*", "state.json"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &state); err != nil || state.Key == "" {
		t.Fatal(err)
	}
	for _, no := range []string{"secret-program", home + "/x", state.Key} {
		if strings.Contains(all, no) {
			t.Errorf("the bundle holds %q", no)
		}
	}
	if len(host) > 2 && strings.Contains(got["log.jsonl"], host) || !strings.Contains(got["log.jsonl"], "started") {
		t.Errorf("log: %s", got["log.jsonl"])
	}
	if !strings.Contains(all, "x.one.json") || got["devices.json"] != "[]" {
		t.Errorf("files: %v", m.Files)
	}
}
