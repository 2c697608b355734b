package main

import (
	"bytes"
	"debug/pe"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tc-hib/winres"
)

func TestFourNumbers(t *testing.T) {
	for v, want := range map[string]string{
		"1.2.3": "1.2.3.0", "1.2.3-rc.1": "1.2.3.0", "0.0.0-20261126110000-0123456789ab+dirty": "0.0.0.0", "nonsense": "0.0.0.0", "": "0.0.0.0",
	} {
		if got := fourNumbers(v); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
}

func TestSection(t *testing.T) {
	const log = "# Changes\n\n## Unreleased\n\n- new\n\n## 1.10.0 (2027-01-01)\n\n- ten\n\n## 1.1 \n- old\n"
	for v, want := range map[string]string{"1.10.0": "- ten", "1.1": "- old", "1.1.1": "- new", "2.0.0": "- new"} {
		if got := section(log, v); got != want {
			t.Errorf("%s: %q, want %q", v, got, want)
		}
	}
	if got := section("# Changes\n", "1.0.0"); got == "" {
		t.Error("nothing is said where nothing is noted")
	}
}

// The same files give the same archive, whatever their times and the order they were written in.
func TestArchivesRepeat(t *testing.T) {
	r := release{when: time.Date(2026, 11, 26, 11, 0, 0, 0, time.UTC)}
	names := []string{"bin/program", "share/a.txt", "share/b/c.txt"}
	var made [2][2][]byte
	for i := range made {
		dir := t.TempDir()
		for _, name := range names {
			if err := writeFile(filepath.Join(dir, "tree", name), []byte("text of "+name)); err != nil {
				t.Fatal(err)
			}
			when := time.Now().Add(time.Duration(i) * time.Hour)
			if err := os.Chtimes(filepath.Join(dir, "tree", name), when, when); err != nil {
				t.Fatal(err)
			}
		}
		slices.Reverse(names)
		if err := os.Chmod(filepath.Join(dir, "tree", "bin/program"), 0o700+os.FileMode(i)*0o55); err != nil {
			t.Fatal(err)
		}
		for k, pack := range []func(tree, name, to string) error{r.tarball, r.zipped} {
			to := filepath.Join(dir, "made")
			if err := pack(filepath.Join(dir, "tree"), "linecheck-1.0.0", to); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(to)
			if err != nil {
				t.Fatal(err)
			}
			made[i][k] = data
		}
	}
	for k, kind := range []string{"tar.gz", "zip"} {
		if !bytes.Equal(made[0][k], made[1][k]) {
			t.Errorf("two archives of the same files differ: %s", kind)
		}
	}
}

// tiny builds a small Windows program with its resources.
func (r *release) tiny(t *testing.T) string {
	t.Helper()
	t.Chdir("../../..")
	program := filepath.Join(t.TempDir(), "licences.exe")
	if err := r.build(target{program: "internal/licences", os: "windows", arch: "amd64", out: program}); err != nil {
		t.Fatal(err)
	}
	if err := r.resources(program, "About", "licences"); err != nil {
		t.Fatal(err)
	}
	return program
}

// With a certificate in the environment programs are signed, and the same program twice gives the same bytes.
func TestSign(t *testing.T) {
	for _, tool := range []string{"osslsigncode", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := filepath.Join(t.TempDir(), "it's $HOME")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	certificate, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	if err := run(nil, "openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=Example", "-addext", "extendedKeyUsage=codeSigning"); err != nil {
		t.Fatal(err)
	}
	r := release{tool: "go", version: "1.2.3", when: time.Now().Truncate(time.Second), work: t.TempDir()}
	program := r.tiny(t)
	if err := r.sign(program); err != nil {
		t.Fatal(err)
	}
	if err := run(nil, "osslsigncode", "verify", "-CAfile", certificate, program); err == nil {
		t.Error("signed without a certificate")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, certificate)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(signCertificate, relative)
	if err := r.sign(program); err == nil {
		t.Error("a certificate without its key is no error")
	}
	t.Setenv(signKey, key)
	bare, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var made [2][]byte
	for i := range made {
		if err := os.WriteFile(program, bare, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := r.sign(program); err != nil {
			t.Fatal(err)
		}
		if made[i], err = os.ReadFile(program); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(nil, "osslsigncode", "verify", "-CAfile", certificate, program); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Error("two signatures of the same program at the same time differ")
	}
	made[1][len(made[1])/2] ^= 1
	if err := os.WriteFile(program, made[1], 0o755); err != nil {
		t.Fatal(err)
	}
	if err := run(nil, "osslsigncode", "verify", "-CAfile", certificate, program); err == nil {
		t.Error("an altered program counts as signed")
	}
	r.signsUninstaller(t, filepath.Join(dir, "uninstall.exe"), bare, certificate)
}

// signsUninstaller runs the script that the installer's maker is given, on a program.
func (r *release) signsUninstaller(t *testing.T, program string, bare []byte, certificate string) {
	t.Helper()
	script, err := r.signScript()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, bare, 0o755); err != nil {
		t.Fatal(err)
	}
	signing := exec.Command("sh", script, program)
	signing.Dir = "/" // the installer's maker stands where its script is
	if out, err := signing.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := run(nil, "osslsigncode", "verify", "-CAfile", certificate, program); err != nil {
		t.Error(err)
	}
}

// A tag that Go does not take for the version is told, and not left out.
func TestTagged(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "a"}} {
		if err := run(nil, "git", args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		tag, version string
		ok           bool
	}{
		{"", "0.0.0-20261126110000-0123456789ab", true},
		{"nightly", "0.0.0-20261126110000-0123456789ab", true},
		{"v1.2.3", "1.2.3", true},
		{"", "1.2.3+dirty", true},
		{"v2.0.0", "1.2.3", true},
		{"", "0.0.0-20261126110000-0123456789ab", false},
	} {
		if step.tag != "" {
			if err := run(nil, "git", "tag", step.tag); err != nil {
				t.Fatal(err)
			}
		}
		if err := tagged(step.version, "HEAD"); (err == nil) != step.ok {
			t.Errorf("%s after tag %q: %v", step.version, step.tag, err)
		}
	}
}

// Whatever the mask of whoever makes a package, its files have the same modes.
func TestPlain(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"bin/a": 0o700, "share/b": 0o660} {
		if err := writeFile(filepath.Join(dir, name), nil); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "share"), 0o770); err != nil {
		t.Fatal(err)
	}
	if err := plain(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"bin/a": 0o755, "share/b": 0o644, "share": 0o755} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, st.Mode(), err)
		}
	}
}

// Icon, version and manifest get into a Windows program, which stays one.
func TestResources(t *testing.T) {
	r := release{tool: "go", version: "1.2.3", when: time.Date(2026, 11, 26, 11, 0, 0, 0, time.UTC)}
	program := r.tiny(t)
	f, err := os.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := pe.NewFile(f); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	all, err := winres.LoadFromEXE(f)
	if err != nil {
		t.Fatal(err)
	}
	if m := all.Get(winres.RT_MANIFEST, winres.ID(1), english); !strings.Contains(string(m), "PerMonitorV2") {
		t.Errorf("manifest %q", m)
	}
	if all.Get(winres.RT_VERSION, winres.ID(1), english) == nil || all.Get(winres.RT_GROUP_ICON, winres.Name("GLFW_ICON"), 0) == nil {
		t.Error("no version or no icon")
	}
}
