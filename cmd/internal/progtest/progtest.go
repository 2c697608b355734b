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
	"testing"
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
