package windowtest

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	fynetheme "fyne.io/fyne/v2/theme"

	"linecheck/checks/audio/virtual"
	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/internal/xvfb"
	"linecheck/gui/model"
	"linecheck/gui/theme"
)

// programs are built once for all tests.
type programs struct{ window, recruiter string }

var built = progtest.Of("linecheck", "linecheck-recruiter")

func TestMain(m *testing.M) { built.Main(m) }

// theirs are the programs of this package's tests.
func theirs() (programs, error) {
	paths, err := built.Paths()
	if err != nil {
		return programs{}, err
	}
	return programs{paths[0], paths[1]}, nil
}

// world is a recruiter's server, and an applicant before a display.
type world struct {
	t      *testing.T
	prog   programs
	dir    string
	url    string
	screen xvfb.Screen
	sound  *virtual.Server // nil without sound cards
	accent color.Color

	cmd    *exec.Cmd // the window that is open
	said   *bytes.Buffer
	clicks int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("runs whole programs for minutes; left out with -short")
	}
	p, err := theirs()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, prog: p, dir: t.TempDir(), screen: xvfb.Start(t),
		accent: theme.New(model.Preferences{}, "en").Color(fynetheme.ColorNamePrimary, fynetheme.VariantLight)}
	w.recruiter("keygen", "--out", w.path("keys"), "--name", "Example Ltd")
	server := exec.Command(p.recruiter, "serve", "--keys", w.path("keys"), "--data", w.path("data"), "--listen", "127.0.0.1:0")
	w.url = progtest.Serve(t, server)
	if err := os.MkdirAll(w.path("person", ".cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.kill)
	return w
}

func (w *world) path(name ...string) string {
	return filepath.Join(append([]string{w.dir}, name...)...)
}

// recruiter runs the recruiter's program, which must succeed.
func (w *world) recruiter(args ...string) string {
	w.t.Helper()
	out, err := exec.Command(w.prog.recruiter, args...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("linecheck-recruiter %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// invite issues an invite and returns its file.
func (w *world) invite(more ...string) string {
	w.t.Helper()
	name := w.path("invite")
	w.recruiter(append([]string{"invite", "--keys", w.path("keys"), "--applicant", "A-17", "--role", "customer-service",
		"--region", "EU", "--probe", w.url, "--out", name}, more...)...)
	return name
}

// quick is a policy whose checks take a few seconds together and need nobody.
func (w *world) quick() string {
	w.t.Helper()
	progtest.QuickPolicy(w.t, w.path("policy.json"))
	return w.path("policy.json")
}

// headset gives the computer a virtual headset, in a quiet room.
func (w *world) headset() {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "lc-")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if w.sound, err = virtual.Start(w.t.Context(), filepath.Join(dir, "a"), virtual.Options{}); err != nil {
		w.t.Skip("no virtual sound cards here: ", err)
	}
	w.t.Cleanup(func() { _ = w.sound.Close() })
	if _, err := w.sound.Noise(virtual.Headset, -65); err != nil {
		w.t.Fatal(err)
	}
}

// open opens the window.
func (w *world) open(args ...string) {
	w.t.Helper()
	w.said = &bytes.Buffer{}
	w.cmd = exec.Command(w.prog.window, args...)
	w.cmd.Env = w.screen.Env("HOME="+w.path("person"), "LINECHECK_HOME="+w.path("home"), "XDG_RUNTIME_DIR=")
	if w.sound != nil {
		w.cmd.Env = append(w.cmd.Env, w.sound.Env(virtual.View(virtual.Headset))...)
	}
	w.cmd.Stderr = w.said
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
}

// kill ends the window as a power cut does.
func (w *world) kill() {
	if w.cmd != nil && w.cmd.ProcessState == nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
	}
	if w.said != nil {
		for _, bad := range []string{"call thread", "panic:", "DATA RACE", "nil pointer"} {
			if strings.Contains(w.said.String(), bad) {
				w.t.Errorf("the program says:\n%s", w.said)
			}
		}
		w.said = nil
	}
}

// place is where the person is, as the program keeps it; empty where it keeps nothing.
func (w *world) place() (p model.Place) {
	found, err := filepath.Glob(w.path("home", "sessions", "*", "place"))
	if err != nil || len(found) != 1 {
		return p
	}
	data, err := os.ReadFile(found[0])
	if err != nil || json.Unmarshal(data, &p) != nil {
		return model.Place{}
	}
	return p
}

// receipts is how many reports lie on this computer with their receipt.
func (w *world) receipts() (n int) {
	found, err := filepath.Glob(w.path("home", "reports", "*", "report.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range found {
		data, err := os.ReadFile(f)
		if err == nil && bytes.Contains(data, []byte(`"receipt"`)) {
			n++
		}
	}
	return n
}

// until waits, and says with a picture what it waited for in vain.
func (w *world) until(what string, limit time.Duration, ok func() bool) {
	w.t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(40 * time.Millisecond) {
		if time.Since(begin) > limit {
			w.shoot("failed")
			w.t.Fatalf("%s does not come within %v (place %+v); the program says:\n%s", what, limit, w.place(), w.said)
		}
	}
}

// shoot keeps a picture of the screen in the folder that LINECHECK_SHOTS names, for people to look at.
func (w *world) shoot(name string) {
	dir := os.Getenv("LINECHECK_SHOTS")
	img, err := w.screen.Image()
	if dir == "" || err != nil {
		return
	}
	f, err := os.Create(filepath.Join(dir, strings.ReplaceAll(w.t.Name(), "/", "-")+"-"+name+".png"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		w.t.Fatal(err)
	}
}

// button is the middle of the main button, where there is one.
func (w *world) button() (image.Point, bool) { return w.screen.Find(w.accent, 50, 33) }

// press clicks the main button once it is there.
func (w *world) press() {
	w.t.Helper()
	var at image.Point
	w.until("the main button", 20*time.Second, func() (ok bool) { at, ok = w.button(); return ok })
	w.screen.Click(w.t, at)
	w.clicks++
}

// reach waits until the person is on a screen.
func (w *world) reach(s model.Screen, limit time.Duration) {
	w.t.Helper()
	w.until("the screen "+string(s), limit, func() bool { return w.place().Screen == s })
}
