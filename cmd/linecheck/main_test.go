package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/wiring"
	"linecheck/report/exchange"
)

// asProgram makes the test's own binary behave as the program: it is the same code.
const asProgram = "LINECHECK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func run(args ...string) (status int, out, err string) {
	var o, e bytes.Buffer
	status = cli.Main(root(), args, strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

func TestVersionAndHelpNeedNoDisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if status, out, _ := run("version"); status != cli.OK || !strings.HasPrefix(out, "linecheck ") {
		t.Errorf("version: %d %q", status, out)
	}
	if status, out, _ := run("licences"); status != cli.OK || !strings.HasPrefix(out, "Licences of what Linecheck is made of\n") {
		t.Errorf("licences: %d %.60q", status, out)
	}
	status, out, _ := run("--help")
	if status != cli.OK || !strings.Contains(out, "INVITE") || strings.Contains(out, "audio-helper") {
		t.Errorf("help: %d %q", status, out)
	}
	if status, _, err := run("one", "two"); status != cli.Usage || strings.Count(err, "\n") != 1 {
		t.Errorf("two invites: %d %q", status, err)
	}
}

func TestReadingAnInvite(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, size int) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("x"), size), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for arg, size := range map[string]int{"": 0, exchange.LinkPrefix + "abc": len(exchange.LinkPrefix) + 3, write("good", 40): 40} {
		if data, err := wiring.ReadInvite(t.Context(), arg); err != nil || len(data) != size {
			t.Errorf("%q: %d bytes, %v", arg, len(data), err)
		}
	}
	for _, arg := range []string{write("empty", 0), write("huge", wiring.MaxInvite+1), filepath.Join(dir, "none"), dir} {
		if data, err := wiring.ReadInvite(t.Context(), arg); err == nil || data != nil {
			t.Errorf("%q: %d bytes, %v", arg, len(data), err)
		}
	}
}
