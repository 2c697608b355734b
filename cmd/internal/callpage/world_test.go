package callpage

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/progtest"
)

// programs are built once for all tests.
type programs struct{ recruiter, support string }

var built = progtest.Of("linecheck-recruiter", "linecheck-support")

func TestMain(m *testing.M) { built.Main(m) }

// theirs are the programs of this package's tests.
func theirs() (programs, error) {
	paths, err := built.Paths()
	if err != nil {
		return programs{}, err
	}
	return programs{paths[0], paths[1]}, nil
}

// world is a recruiter with a running server.
type world struct {
	t        *testing.T
	programs programs
	dir      string
	url      string
}

// newWorld starts the server. Tests of whole programs are left out of the short run.
func newWorld(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("runs whole programs and a browser; left out with -short")
	}
	browsertest.Program(t) // nothing is done without one
	p, err := theirs()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, programs: p, dir: t.TempDir()}
	w.run(p.recruiter, "keygen", "--out", w.path("keys"), "--name", "Example Ltd")
	server := exec.Command(p.recruiter, "serve", "--keys", w.path("keys"), "--data", w.path("data"), "--listen", "127.0.0.1:0")
	server.Stderr = os.Stderr
	w.url = progtest.Serve(t, server)
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// run runs a program, whatever its exit status, and returns what it prints.
func (w *world) run(program string, args ...string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "LINECHECK_HOME="+w.path("home"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	return string(out)
}

// invite issues an invite and returns its file.
func (w *world) invite() string {
	w.t.Helper()
	w.run(w.programs.recruiter, "invite", "--keys", w.path("keys"), "--applicant", "A-17", "--role", "customer-service",
		"--region", "EU", "--probe", w.url, "--out", w.path("invite"))
	return w.path("invite")
}

// link is the last line that the applicant's program prints after it measured a call.
func (w *world) link(args ...string) string {
	w.t.Helper()
	out := w.run(w.programs.support, append([]string{"run", "--yes", "--invite", w.invite()}, args...)...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	last := lines[len(lines)-1]
	found := regexp.MustCompile(`https://\S+$`).FindString(last)
	if found == "" {
		w.t.Fatalf("no link at the end of\n%s", out)
	}
	return found
}
