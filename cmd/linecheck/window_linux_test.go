//go:build cgo

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/xvfb"
	"linecheck/gui/model"
	"linecheck/gui/theme"
)

// program starts the program on a display and collects what it says on stderr.
func program(t *testing.T, s xvfb.Screen, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = s.Env(asProgram+"=1", "LINECHECK_HOME="+t.TempDir(), "HOME="+t.TempDir())
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, said
}

// status waits for the program's end.
func status(t *testing.T, cmd *exec.Cmd, limit time.Duration) int {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode()
		}
		if err != nil {
			t.Fatal(err)
		}
		return 0
	case <-time.After(limit):
		_ = cmd.Process.Kill()
		t.Fatalf("the program does not end within %v", limit)
		return -1
	}
}

// The real program on a real display shows its window, and ends when told to.
func TestTheWindowIsSeen(t *testing.T) {
	s := xvfb.Start(t)
	cmd, said := program(t, s)
	th := theme.New(model.Preferences{}, "en")
	ground := th.Color(fynetheme.ColorNameBackground, fynetheme.VariantLight)
	accent := th.Color(fynetheme.ColorNamePrimary, fynetheme.VariantLight)
	// The welcome screen: much background, and the one button in the accent colour.
	size := fyne.NewSize(1024, 700)
	seen := func() bool {
		return s.Pixels(t, ground) > int(size.Width*size.Height)/4 && s.Pixels(t, accent) > 1000
	}
	for begin := time.Now(); !seen(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begin) > 15*time.Second {
			t.Fatalf("no window is seen (%d pixels of background, %d of accent); the program says:\n%s", s.Pixels(t, ground), s.Pixels(t, accent), said)
		}
	}
	if !s.Viewable("Linecheck") {
		t.Error("the server knows no window of that name")
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := status(t, cmd, 10*time.Second); got != cli.OK {
		t.Errorf("status %d; the program says:\n%s", got, said)
	}
	if strings.Contains(said.String(), "call thread") || strings.Contains(said.String(), "panic") {
		t.Errorf("the program says:\n%s", said)
	}
}

// Where no window can be shown the program says so within two seconds, in one line, and ends.
func TestWithoutAWindow(t *testing.T) {
	for name, c := range map[string]struct {
		display func(t *testing.T) xvfb.Screen
		says    string
	}{
		"no display":        {func(*testing.T) xvfb.Screen { return xvfb.Screen{} }, "no display"},
		"display of no one": {func(*testing.T) xvfb.Screen { return xvfb.Screen{Name: ":9999"} }, "display :9999 cannot be used"},
		"no OpenGL":         {func(t *testing.T) xvfb.Screen { return xvfb.Start(t, "-extension", "GLX") }, "OpenGL"},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.display(t)
			begin := time.Now()
			cmd, said := program(t, s, "linecheck://invite/x")
			if got := status(t, cmd, 15*time.Second); got != cli.CouldNotRun {
				t.Errorf("status %d", got)
			}
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("it took %v to notice", took)
			}
			lines := strings.Split(strings.TrimSpace(said.String()), "\n")
			last := lines[len(lines)-1]
			if !strings.HasPrefix(last, "linecheck: ") || !strings.Contains(last, c.says) || !strings.Contains(last, "linecheck-support run --invite linecheck://invite/x") {
				t.Errorf("the program says:\n%s", said)
			}
			if strings.Contains(said.String(), "goroutine") {
				t.Errorf("a stack trace is shown:\n%s", said)
			}
		})
	}
}

// A second start brings the invite to the window that is open, and ends.
func TestOneWindow(t *testing.T) {
	s := xvfb.Start(t)
	home := t.TempDir()
	start := func(args ...string) (*exec.Cmd, *bytes.Buffer) {
		said := &bytes.Buffer{}
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = s.Env(asProgram+"=1", "LINECHECK_HOME="+home, "HOME="+t.TempDir())
		cmd.Stderr = said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd, said
	}
	first, _ := start()
	for begin := time.Now(); !s.Viewable("Linecheck"); time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > 15*time.Second {
			t.Fatal("no window")
		}
	}
	second, said := start("linecheck://invite/%%%")
	if got := status(t, second, 10*time.Second); got != cli.OK {
		t.Errorf("status %d: %s", got, said)
	}
	bad := theme.New(model.Preferences{}, "en").Color(fynetheme.ColorNameError, fynetheme.VariantLight)
	for begin := time.Now(); s.Pixels(t, bad) < 50; time.Sleep(100 * time.Millisecond) { // the sign of a refusal
		if time.Since(begin) > 10*time.Second {
			t.Fatal("the window does not show the invite that was handed over")
		}
	}
	if err := first.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	third, said := start("version")
	if got := status(t, third, 10*time.Second); got != cli.OK {
		t.Errorf("status %d: %s", got, said)
	}
	fourth, _ := start() // what the killed one left behind is in nobody's way
	time.Sleep(time.Second)
	if err := fourth.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := status(t, fourth, 10*time.Second); got != cli.OK {
		t.Errorf("after a crash: status %d", got)
	}
}
