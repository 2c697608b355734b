//go:build linux

package packtest

import (
	"bytes"
	"debug/pe"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"linecheck/checks/audio/virtual"
	"linecheck/cmd/internal/xvfb"
)

// wine is a Windows that is none, with sound and a display.
type wine struct {
	t      *testing.T
	prefix string
	screen xvfb.Screen
	sound  *virtual.Server
}

func newWine(t *testing.T) wine {
	t.Helper()
	for _, program := range []string{"wine", "wineboot", "wineserver", "x86_64-w64-mingw32-gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (Debian: wine wine64 gcc-mingw-w64-x86-64)", program)
		}
	}
	sound, err := virtual.Start(t.Context(), "", virtual.Options{Cards: []virtual.Card{virtual.Headset, virtual.HandsFree}, RoomTone: -70})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sound.Close() })
	w := wine{t: t, prefix: t.TempDir(), screen: xvfb.Start(t), sound: sound}
	must(t, w.command("wineboot", "-i"))
	t.Cleanup(func() { _ = w.command("wineserver", "-k").Run() })
	must(t, exec.Command("x86_64-w64-mingw32-gcc", "-O2", "-shared", "-o", w.path("windows/system32/bcryptprimitives.dll"), "shims/bcryptprimitives.c", "-ladvapi32"))
	return w
}

// path is that of a file on drive C:.
func (w wine) path(name string) string { return filepath.Join(w.prefix, "drive_c", name) }

// local is the person's folder for programs and data on drive C:.
func (w wine) local() string {
	w.t.Helper()
	found, err := filepath.Glob(w.path("users/*/AppData/Local"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%v (%v)", found, err)
	}
	return found[0]
}

func (w wine) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(w.screen.Env(w.sound.Env(virtual.All)...), "WINEPREFIX="+w.prefix, "WINEDLLOVERRIDES=mscoree,mshtml,uiautomationcore=", "WINEDEBUG=-all", "WINEARCH=win64", "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
	return cmd
}

// forWine builds a program once more as wine can run it: what wine refuses of Go's own
// library is left out. See shims/README.md.
func (w wine) forWine(program string) string {
	w.t.Helper()
	source := filepath.Join(strings.TrimSpace(must(w.t, exec.Command("go", "env", "GOROOT"))), "src")
	replace := map[string]string{}
	for i, edit := range []struct{ file, from, to string }{
		{"net/fd_windows.go", `return wrapSyscallError("wsaioctl", err)`, "err = nil"},
		{"internal/syscall/windows/at_windows.go", "if TestDeleteatFallback {", "if true {"},
	} {
		file := filepath.Join(source, edit.file)
		text, err := os.ReadFile(file)
		if err != nil {
			w.t.Fatal(err)
		}
		if !strings.Contains(string(text), edit.from) {
			w.t.Fatalf("%s is another than this test thinks", edit.file)
		}
		replace[file] = filepath.Join(w.prefix, fmt.Sprintf("edited%d.go", i))
		if err := os.WriteFile(replace[file], []byte(strings.ReplaceAll(string(text), edit.from, edit.to)), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		w.t.Fatal(err)
	}
	overlay := filepath.Join(w.prefix, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o644); err != nil {
		w.t.Fatal(err)
	}
	out := w.path(program + "-for-wine.exe")
	build := exec.Command("go", "build", "-trimpath", "-overlay", overlay, "-ldflags", "-s -w -extldflags '-static'", "-o", out, "linecheck/cmd/"+program)
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=1", "CC=x86_64-w64-mingw32-gcc", "PKG_CONFIG_LIBDIR="+portAudio(w.t))
	must(w.t, build)
	return out
}

// portAudio is where the library for Windows was built.
func portAudio(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../bin/portaudio-windows/lib/pkgconfig")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// The installer puts the program where no administrator is needed, the window opens, the
// link opens it, and what is taken away leaves the reports that wait.
func TestWindowsInstaller(t *testing.T) {
	setup := one(t, "*-setup.exe")
	w := newWine(t)
	must(t, w.command("wine", setup, "/S"))
	installed := filepath.Join(w.local(), "Programs", "Linecheck")
	for _, name := range []string{"linecheck.exe", "linecheck-support.exe", "uninstall.exe", "licences.txt", "LICENSE.txt"} {
		if _, err := os.Stat(filepath.Join(installed, name)); err != nil {
			t.Error(err)
		}
	}
	const key = `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Linecheck`
	if said := must(t, w.command("wine", "reg", "query", key, "/v", "DisplayVersion")); !strings.Contains(said, version(t)) {
		t.Errorf("the installed version is told as %q", said)
	}
	if said := must(t, w.command("wine", filepath.Join(installed, "linecheck-support.exe"), "version")); !strings.Contains(said, version(t)) || !strings.Contains(said, "windows/amd64") {
		t.Errorf("%q", said)
	}
	w.devices(filepath.Join(installed, "linecheck-support.exe"))

	took := painted(t, w.screen, w.command("wine", filepath.Join(installed, "linecheck.exe")), 30*time.Second)
	t.Logf("%v to the first picture", took)
	time.Sleep(3 * time.Second)
	shoot(t, w.screen, "windows")
	w.opens(filepath.Join(installed, "linecheck.exe"))
	must(t, w.command("wine", "taskkill", "/F", "/IM", "linecheck.exe"))
	w.link()
	w.uninstall(installed)
}

// devices are listed by WASAPI, with their names as they are.
func (w wine) devices(program string) {
	w.t.Helper()
	said := must(w.t, w.command("wine", program, "devices", "--json"))
	if !utf8.ValidString(said) || !strings.Contains(said, virtual.HandsFree.Output()) || !strings.Contains(said, "Windows WASAPI") || strings.Contains(said, "MME") {
		w.t.Errorf("devices: %s", said)
	}
	w.t.Logf("devices: %s", said)
}

// link opens an invite's short link as a browser would, when no window is open yet. wine 8 does not look for a link's
// program among the person's own keys, so these are copied to the computer's; and it opens no link of more than a
// thousand characters.
func (w wine) link() {
	w.t.Helper()
	const key, link = `HKCU\Software\Classes\linecheck\shell\open\command`, "linecheck://127.0.0.1:9/i/7K2QF-AAAAA"
	said := must(w.t, w.command("wine", "reg", "query", key, "/ve"))
	_, command, ok := strings.Cut(said, "REG_SZ")
	if !ok || !strings.Contains(command, "%1") {
		w.t.Fatalf("the link opens %q", said)
	}
	must(w.t, w.command("wine", "reg", "add", `HKLM\Software\Classes\linecheck`, "/v", "URL Protocol", "/d", "", "/f"))
	must(w.t, w.command("wine", "reg", "add", `HKLM\Software\Classes\linecheck\shell\open\command`, "/ve", "/d", strings.TrimSpace(command), "/f"))
	if err := w.command("wine", "start", link).Run(); err != nil { // the program that it starts would keep an output that is read open
		w.t.Fatal(err)
	}
	runs := func() bool { // its command line is that of a process here
		return exec.Command("pgrep", "-f", `linecheck\.exe "?`+link).Run() == nil
	}
	for begin := time.Now(); !runs(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			w.t.Fatal("the link opens nothing")
		}
	}
	time.Sleep(5 * time.Second)
	shoot(w.t, w.screen, "windows-link")
}

// opens starts the program once more with the link of an invite of a real server: the window that is open takes it.
func (w wine) opens(program string) {
	w.t.Helper()
	r := newRecruiter(w.t)
	invite, err := os.ReadFile(r.path("invite"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.command("wine", program, r.link).Run(); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	shoot(w.t, w.screen, "windows-invite")
	w.screen.Key(w.t, "Return") // "Next": the session begins
	kept := false
	for begin := time.Now(); !kept && time.Since(begin) < 20*time.Second; time.Sleep(200 * time.Millisecond) {
		files, _ := filepath.Glob(filepath.Join(w.home(), "sessions", "*", "*"))
		kept = slices.ContainsFunc(files, func(f string) bool {
			data, err := os.ReadFile(f)
			return err == nil && bytes.Equal(bytes.TrimSpace(data), bytes.TrimSpace(invite))
		})
	}
	if !kept {
		w.t.Error("no session has the invite")
	}
}

// home is where the program keeps what it measured.
func (w wine) home() string { return filepath.Join(filepath.Dir(w.local()), "Roaming", "linecheck") }

// uninstall takes the program away while its window is open.
func (w wine) uninstall(installed string) {
	w.t.Helper()
	waiting := filepath.Join(w.home(), "outbox", "waiting.json")
	if err := os.MkdirAll(filepath.Dir(waiting), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(waiting, []byte("{}"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	must(w.t, w.command("wine", filepath.Join(installed, "uninstall.exe"), "/S"))
	for begin := time.Now(); ; time.Sleep(200 * time.Millisecond) { // it works on in a copy of itself
		_, err := os.Stat(installed)
		if os.IsNotExist(err) {
			break
		}
		if time.Since(begin) > 30*time.Second {
			entries, _ := os.ReadDir(installed)
			w.t.Fatalf("%s is still there: %v", installed, entries)
		}
	}
	var left []string
	_ = filepath.Walk(filepath.Join(w.prefix, "drive_c", "users"), func(path string, info os.FileInfo, err error) error {
		if err == nil && strings.Contains(strings.ToLower(path), "linecheck") && !strings.HasPrefix(waiting, path) {
			left = append(left, path)
		}
		return nil
	})
	if _, err := os.Stat(waiting); err != nil || len(left) > 0 {
		w.t.Errorf("left behind: %v; what waits to be sent: %v", left, err)
	}
	for _, key := range []string{`HKCU\Software\Classes\linecheck`, `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Linecheck`} {
		if err := w.command("wine", "reg", "query", key).Run(); err == nil {
			w.t.Errorf("%s is still there", key)
		}
	}
}

// A run without a window, with an invite, ends in a report that is authentic.
func TestWindowsReport(t *testing.T) {
	dist(t)
	w := newWine(t)
	program := w.forWine("linecheck-support")
	r := newRecruiter(t)
	out := w.path("report")
	run := w.command("wine", program, "run", "--yes", "--invite", "Z:"+filepath.ToSlash(r.path("invite")), "--out", `C:\report`)
	said, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	r.verified(t, out)
}

// The portable archive runs from wherever it is unpacked: the window without a console, the program for a terminal with one.
func TestWindowsArchive(t *testing.T) {
	zip := one(t, "*-windows-amd64.zip")
	w := newWine(t)
	must(t, exec.Command("unzip", "-q", zip, "-d", w.path("portable")))
	for name, want := range map[string]uint16{"linecheck.exe": pe.IMAGE_SUBSYSTEM_WINDOWS_GUI, "linecheck-support.exe": pe.IMAGE_SUBSYSTEM_WINDOWS_CUI} {
		f, err := pe.Open(w.path("portable/linecheck-" + version(t) + "-windows-amd64/" + name))
		if err != nil {
			t.Fatal(err)
		}
		if head, ok := f.OptionalHeader.(*pe.OptionalHeader64); !ok || head.Subsystem != want {
			t.Errorf("%s is another kind of program: %+v", name, f.OptionalHeader)
		}
		_ = f.Close()
	}
	program := fmt.Sprintf(`C:\portable\linecheck-%s-windows-amd64\linecheck-support.exe`, version(t))
	if said := must(t, w.command("wine", program, "version")); !strings.Contains(said, version(t)) {
		t.Errorf("%q", said)
	}
}
