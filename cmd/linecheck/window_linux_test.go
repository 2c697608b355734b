//go:build cgo

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"linecheck/cmd/internal/cli"
	"linecheck/gui/model"
	"linecheck/gui/theme"
)

// screen is a display of its own: an X server that draws into a file.
type screen struct {
	name    string
	picture string
}

func newScreen(t *testing.T, args ...string) screen {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a display server")
	}
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("Xvfb is not installed (Debian: xvfb libgl1-mesa-dri)")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	x := exec.Command(path, append([]string{"-displayfd", "3", "-screen", "0", "1100x760x24", "-fbdir", dir, "-nolisten", "tcp"}, args...)...)
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Skipf("Xvfb does not start: %v", err)
	}
	t.Cleanup(func() {
		_ = x.Process.Signal(syscall.SIGTERM)
		_ = x.Wait()
	})
	w.Close()
	defer r.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Skipf("Xvfb does not come up: %v", err)
	}
	return screen{":" + strings.TrimSpace(number), filepath.Join(dir, "Xvfb_screen0")}
}

// pixels counts the pixels of about a colour (OpenGL rounds), in what the server has drawn: an XWD
// file, whose header says where the rows begin and how long they are.
func (s screen) pixels(t *testing.T, c color.Color) (n int) {
	t.Helper()
	data, err := os.ReadFile(s.picture)
	if err != nil || len(data) < 100 {
		t.Fatalf("the picture cannot be read: %v", err)
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(data[4*i:])) }
	r, g, b, _ := c.RGBA()
	want := []byte{byte(b >> 8), byte(g >> 8), byte(r >> 8)}
	near := func(a, b byte) bool { return max(a, b)-min(a, b) <= 3 }
	rows := data[field(0)+12*field(19):]
	for y := range field(5) {
		row := rows[y*field(12):]
		for x := range field(4) {
			if p := row[4*x:]; near(p[0], want[0]) && near(p[1], want[1]) && near(p[2], want[2]) {
				n++
			}
		}
	}
	return n
}

// program starts the program on a display and collects what it says on stderr.
func program(t *testing.T, display string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "DISPLAY="+display, "WAYLAND_DISPLAY=", "LINECHECK_HOME="+t.TempDir(), "HOME="+t.TempDir(),
		"FYNE_THEME=light", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "LC_ALL=")
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
	s := newScreen(t)
	cmd, said := program(t, s.name)
	th := theme.New(model.Preferences{}, "en")
	ground := th.Color(fynetheme.ColorNameBackground, fynetheme.VariantLight)
	accent := th.Color(fynetheme.ColorNamePrimary, fynetheme.VariantLight)
	// The welcome screen: much background, and the one button in the accent colour.
	size := fyne.NewSize(1024, 700)
	seen := func() bool {
		return s.pixels(t, ground) > int(size.Width*size.Height)/4 && s.pixels(t, accent) > 1000
	}
	for begin := time.Now(); !seen(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begin) > 15*time.Second {
			t.Fatalf("no window is seen (%d pixels of background, %d of accent); the program says:\n%s", s.pixels(t, ground), s.pixels(t, accent), said)
		}
	}
	if info, err := exec.LookPath("xwininfo"); err == nil {
		out, err := exec.Command(info, "-display", s.name, "-name", "Linecheck").CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("IsViewable")) {
			t.Errorf("the server knows no window of that name: %v\n%s", err, out)
		}
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

// Where no window can be shown the program says so in one line and ends.
func TestWithoutAWindow(t *testing.T) {
	for name, c := range map[string]struct {
		display func(t *testing.T) string
		says    string
	}{
		"no display":        {func(*testing.T) string { return "" }, "no display"},
		"display of no one": {func(*testing.T) string { return ":9999" }, "display :9999 cannot be used"},
		"no OpenGL":         {func(t *testing.T) string { return newScreen(t, "-extension", "GLX").name }, "OpenGL"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd, said := program(t, c.display(t))
			if got := status(t, cmd, 15*time.Second); got != cli.CouldNotRun {
				t.Errorf("status %d", got)
			}
			lines := strings.Split(strings.TrimSpace(said.String()), "\n")
			last := lines[len(lines)-1]
			if !strings.HasPrefix(last, "linecheck: ") || !strings.Contains(last, c.says) || !strings.Contains(last, "linecheck-support run") {
				t.Errorf("the program says:\n%s", said)
			}
			if strings.Contains(said.String(), "goroutine") {
				t.Errorf("a stack trace is shown:\n%s", said)
			}
		})
	}
}
