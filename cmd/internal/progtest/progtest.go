// Package progtest builds the real programs for tests and starts the recruiter's
// server. What a test then does with them is its own matter. Nothing that is shipped imports it.
package progtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"linecheck/report/policy"
)

// Build builds programs below cmd, as "linecheck-recruiter" or "internal/demo", into a
// folder, under the last part of their names, and returns their paths in the same order.
func Build(dir string, names ...string) ([]string, error) {
	var paths []string
	for _, name := range names {
		out := filepath.Join(dir, filepath.Base(name))
		if text, err := exec.Command("go", "build", "-o", out, "linecheck/cmd/"+name).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w: %s", name, err, text)
		}
		paths = append(paths, out)
	}
	return paths, nil
}

// Programs are programs that the tests of one package build when the first of them
// needs one.
type Programs struct {
	// Dir is the folder that they are built into; it is there while the tests run.
	Dir string

	names []string
	once  sync.Once
	paths []string
	err   error
}

// Of are programs by their names below cmd.
func Of(names ...string) *Programs { return &Programs{names: names} }

// Main is a package's TestMain: it runs the tests and takes the programs away.
func (p *Programs) Main(m *testing.M) {
	dir, err := os.MkdirTemp("", "linecheck-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	p.Dir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// Paths are the programs' paths, in the order of their names. It builds them once.
func (p *Programs) Paths() ([]string, error) {
	p.once.Do(func() { p.paths, p.err = Build(p.Dir, p.names...) })
	return p.paths, p.err
}

// QuickPolicy writes a policy whose checks take a few seconds together and need nobody.
func QuickPolicy(t testing.TB, path string) {
	t.Helper()
	Policy(t, path, map[string]string{"machine.memory": "machine.memory.total.bytes", "webrtc.connect": "webrtc.connect.ms", "internet.speed": "internet.download.mbps"})
}

// Policy writes a policy that looks at one metric of each of these checks, by their ids, and
// is content with any value.
func Policy(t testing.TB, path string, metrics map[string]string) {
	t.Helper()
	var rules []string
	for check, metric := range metrics {
		rules = append(rules, fmt.Sprintf(`{"id":%q,"check":%q,"metric":%q,"at_least":{"minimum":0},"finding":"x.y","fault":"you","source":"test"}`, check, check, metric))
	}
	text := `{"schema":"linecheck.policy/1","id":"quick","version":1,"rules":[` + strings.Join(rules, ",") + `]}`
	if _, err := policy.Parse([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Serve starts a command of the recruiter's server, waits until it listens, and
// returns by which address it is reached. The server ends with the test.
func Serve(t *testing.T, server *exec.Cmd) (url string) {
	t.Helper()
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	_, url, _ = strings.Cut(strings.TrimSpace(line), " as ")
	return url
}
