// Package pgtest runs a PostgreSQL server of the tests' own, on a socket in a folder
// of its own, with the installation's programs. Nothing that is shipped imports it.
package pgtest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a server that starts when the first test needs it.
type Server struct {
	once sync.Once
	err  error
	dir  string
	bin  string
	cmd  *exec.Cmd
	made int
	mu   sync.Mutex
}

// Main is a package's TestMain: it runs the tests and stops the server.
func (s *Server) Main(m *testing.M) {
	code := m.Run()
	s.Stop()
	os.Exit(code)
}

// Stop stops the server, if it was started, and removes what it kept.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGINT)
		_ = s.cmd.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// Database makes an empty database and returns its URL. Where PostgreSQL is not
// installed the test is skipped.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.once.Do(func() { s.err = s.start() })
	if errors.Is(s.err, exec.ErrNotFound) {
		t.Skip("PostgreSQL is not installed (Debian: postgresql)")
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	s.mu.Lock()
	s.made++
	name := fmt.Sprintf("test%d", s.made)
	s.mu.Unlock()
	if out, err := s.asUser(filepath.Join(s.bin, "createdb"), "-h", s.dir, "-U", user, name).CombinedOutput(); err != nil {
		t.Fatalf("createdb: %v: %s", err, out)
	}
	return s.URL(name)
}

// URL is the address of a database of that name.
func (s *Server) URL(name string) string {
	return (&url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + name, RawQuery: url.Values{"host": {s.dir}}.Encode()}).String()
}

// user is who owns the server's files: PostgreSQL does not run as root.
const user = "postgres"

func (s *Server) asUser(name string, args ...string) *exec.Cmd {
	if os.Getuid() != 0 {
		return exec.Command(name, args...)
	}
	cmd := exec.Command("setpriv", append([]string{"--reuid=" + user, "--regid=" + user, "--clear-groups", "--pdeathsig=INT", name}, args...)...)
	cmd.Dir = "/"
	return cmd
}

func (s *Server) start() error {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return errors.Join(err, exec.ErrNotFound)
	}
	s.bin = slices.Max(found)
	if s.dir, err = os.MkdirTemp("", "linecheck-postgres-"); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		if out, err := exec.Command("chown", user, s.dir).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	data := filepath.Join(s.dir, "data")
	if out, err := s.asUser(filepath.Join(s.bin, "initdb"), "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s.Run()
}

// Run starts the server, or starts it again after [Server.Kill], and waits until it answers.
func (s *Server) Run() error {
	s.cmd = s.asUser(filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=100")
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stderr = log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 600 {
		if c, err := net.Dial("unix", filepath.Join(s.dir, ".s.PGSQL.5432")); err == nil {
			c.Close()
			if s.asUser(filepath.Join(s.bin, "pg_isready"), "-q", "-h", s.dir).Run() == nil {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("PostgreSQL does not answer: %s", text)
}

// Kill ends the server at once, as a power cut does but for what the system still holds.
func (s *Server) Kill() {
	children, _ := exec.Command("pgrep", "-P", strconv.Itoa(s.cmd.Process.Pid)).Output()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	// Its children notice that it is gone, and end too; until then the memory that they share is in use.
	for _, child := range strings.Fields(string(children)) {
		for range 500 {
			if exec.Command("kill", "-0", child).Run() != nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	_ = os.Remove(filepath.Join(s.dir, "data", "postmaster.pid"))
}

// Spent is the processor time of the server and of its processes that live now, from /proc.
func (s *Server) Spent(t testing.TB) (total time.Duration) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(all) == 0 {
		t.Skip("needs Linux")
	}
	for _, name := range all {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it is gone
		}
		pid, rest, _ := strings.Cut(string(data), " ")
		fields := strings.Fields(rest[strings.LastIndexByte(rest, ')')+1:])
		if own := strconv.Itoa(s.cmd.Process.Pid); pid != own && fields[1] != own {
			continue
		}
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		total += time.Duration(user+system) * 10 * time.Millisecond
	}
	return total
}
