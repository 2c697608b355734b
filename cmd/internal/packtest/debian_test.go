//go:build linux

package packtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecheck/cmd/internal/xvfb"
)

// clean is a Debian system with nothing in it, below a folder.
type clean struct {
	t    *testing.T
	root string
}

func newClean(t *testing.T) clean {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("makes a system below a folder: needs root")
	}
	c := clean{t, t.TempDir()}
	site := must(t, exec.Command("sh", "-c", `apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' | head -1`))
	must(t, exec.Command("debootstrap", "--variant=minbase", "bookworm", c.root, strings.TrimSpace(site)))
	for _, dir := range []string{"proc", "tmp/.X11-unix"} {
		at := filepath.Join(c.root, dir)
		if err := os.MkdirAll(at, 0o1777); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("/"+dir, at, "", syscall.MS_BIND, ""); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
	}
	must(t, c.command("useradd", "--create-home", "person"))
	return c
}

// command is one in the system, as its administrator.
func (c clean) command(args ...string) *exec.Cmd {
	cmd := exec.Command("chroot", append([]string{c.root}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LANG=C.UTF-8"}
	return cmd
}

// person is one of whoever uses it, with more environment.
func (c clean) person(env []string, args ...string) *exec.Cmd {
	cmd := c.command(append([]string{"setpriv", "--reuid=person", "--regid=person", "--clear-groups"}, args...)...)
	cmd.Env = append(cmd.Env, "HOME=/home/person", "USER=person")
	cmd.Env = append(cmd.Env, env...)
	cmd.Dir = "/"
	return cmd
}

func (c clean) take(from, to string) {
	c.t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(filepath.Join(c.root, to), data, 0o644)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// The Debian package in a system where nothing else is: it brings what it needs, opens its
// window, sends a report that is authentic, and leaves nothing behind.
func TestDebianPackage(t *testing.T) {
	deb := one(t, "*_amd64.deb")
	c := newClean(t)
	c.take(deb, "tmp/linecheck.deb")
	must(t, c.command("apt-get", "install", "-qq", "-y", "--no-install-recommends", "/tmp/linecheck.deb", "zsh"))

	for _, program := range []string{"linecheck", "linecheck-support"} {
		if said := must(t, c.person(nil, program, "version")); !strings.Contains(said, version(t)) {
			t.Errorf("%s says %q, want version %s", program, said, version(t))
		}
		must(t, c.command("sh", "-c", "gzip -t /usr/share/man/man1/"+program+".1.gz && bash -n /usr/share/bash-completion/completions/"+program))
	}
	must(t, c.command("desktop-file-validate", "/usr/share/applications/com.linecheck.linecheck.desktop"))
	if said := must(t, c.command("cat", "/usr/share/applications/mimeinfo.cache")); !strings.Contains(said, "x-scheme-handler/linecheck=com.linecheck.linecheck.desktop;") {
		t.Errorf("nothing opens linecheck:// links: %s", said)
	}

	for _, program := range []string{"linecheck", "linecheck-support"} {
		if said := must(t, c.command("zsh", "-c", "autoload -U compinit && compinit -u && print $_comps["+program+"]")); strings.TrimSpace(said) != "_"+program {
			t.Errorf("zsh completes %s by %q", program, said)
		}
	}

	r := newRecruiter(t)
	c.take(r.path("invite"), "home/person/invite")
	must(t, c.person(nil, "linecheck-support", "run", "--yes", "--invite", "/home/person/invite", "--out", "/home/person/report"))
	r.verified(t, filepath.Join(c.root, "home/person/report"))

	s := xvfb.Start(t)
	must(t, exec.Command("chmod", "1777", "/tmp/.X11-unix"))
	first := painted(t, s, c.person([]string{"DISPLAY=" + s.Name, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=C.UTF-8"}, "linecheck", "/home/person/invite"), 20*time.Second)
	t.Logf("first start: %v to the first picture", first)
	time.Sleep(2 * time.Second)
	shoot(t, s, "debian")
	again := xvfb.Start(t)
	second := painted(t, again, c.person([]string{"DISPLAY=" + again.Name, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=C.UTF-8", "LINECHECK_HOME=/home/person/other"}, "linecheck"), 20*time.Second)
	t.Logf("second start: %v to the first picture", second)
	if second > time.Second {
		t.Errorf("it takes %v to the first picture", second)
	}

	must(t, c.command("apt-get", "purge", "-qq", "-y", "linecheck"))
	if left := must(t, c.command("find", "/etc", "/usr", "/var/cache", "/opt", "-iname", "*linecheck*")); left != "" {
		t.Errorf("left behind: %s", left)
	}
	if said, err := os.ReadFile(filepath.Join(c.root, "usr/share/applications/mimeinfo.cache")); err == nil && strings.Contains(string(said), "linecheck") {
		t.Errorf("links still lead to it: %s", said)
	}
}

// The archive for other Linux systems runs from wherever it is unpacked.
func TestLinuxArchive(t *testing.T) {
	dir := t.TempDir()
	must(t, exec.Command("tar", "-xzf", one(t, "*-linux-amd64.tar.gz"), "-C", dir, "--strip-components=1"))
	for _, program := range []string{"linecheck", "linecheck-support"} {
		if said := must(t, exec.Command(filepath.Join(dir, "bin", program), "version")); !strings.Contains(said, version(t)) {
			t.Errorf("%s says %q", program, said)
		}
	}
	if said := must(t, exec.Command(filepath.Join(dir, "bin", "linecheck-support"), "checks")); !strings.Contains(said, "internet.speed") {
		t.Error(said)
	}
}

// The archive for arm64 runs, and shows its window, in an emulated processor. Its audio
// helper does not: a program that starts itself would need the emulator to be known to the system.
func TestLinuxArchiveForARM(t *testing.T) {
	emulator, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		t.Skip("qemu-user-static is not installed")
	}
	sysroot, err := filepath.Abs("../../../bin/sysroot-arm64")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	must(t, exec.Command("tar", "-xzf", one(t, "*-linux-arm64.tar.gz"), "-C", dir, "--strip-components=1"))
	run := func(name string, args ...string) *exec.Cmd {
		return exec.Command(emulator, append([]string{"-L", sysroot, "-0", name, filepath.Join(dir, "bin", "linecheck")}, args...)...)
	}
	for _, program := range []string{"linecheck", "linecheck-support"} {
		if said := must(t, run(program, "version")); !strings.Contains(said, version(t)) || !strings.Contains(said, program+" ") || !strings.Contains(said, "linux/arm64") {
			t.Errorf("%s says %q", program, said)
		}
	}
	if said := must(t, run("linecheck-support", "run", "--check", "machine.memory", "--yes")); !strings.Contains(said, "Result: ready") {
		t.Error(said)
	}
	s := xvfb.Start(t)
	window := run("linecheck")
	window.Env = append(os.Environ(), "DISPLAY="+s.Name, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=C.UTF-8", "LINECHECK_HOME="+t.TempDir())
	t.Logf("%v to the first picture, emulated", painted(t, s, window, time.Minute))
	time.Sleep(5 * time.Second)
	shoot(t, s, "arm64")
}

// The RPM package says what it needs and holds the same files.
func TestRPM(t *testing.T) {
	rpm := one(t, "*.x86_64.rpm")
	if _, err := exec.LookPath("rpm"); err != nil {
		t.Skip("rpm is not installed")
	}
	files := must(t, exec.Command("rpm", "-qlp", rpm))
	for _, want := range []string{"/usr/bin/linecheck", "/usr/bin/linecheck-support", "/usr/share/applications/com.linecheck.linecheck.desktop", "/usr/share/man/man1/linecheck.1.gz"} {
		if !strings.Contains(files, want+"\n") {
			t.Errorf("%s is not in it", want)
		}
	}
	needs := must(t, exec.Command("rpm", "-qRp", rpm))
	if !strings.Contains(needs, "libportaudio.so.2()(64bit)") {
		t.Error(needs)
	}
	if said := must(t, exec.Command("rpm", "-qp", "--qf", "%{VERSION}%{RELEASE} %{BUILDHOST}", rpm)); !strings.HasPrefix(fmt.Sprint(said), strings.SplitN(version(t), "-", 2)[0]) {
		t.Error(said)
	}
}
