// Command pack makes what is released, on Linux: installers, archives, packages,
// checksums, a bill of materials and notes. The same commit gives the same bytes. How a
// program is built for a system is decided here; what is in a program is not.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	out := flag.String("out", "dist", "folder for the packages; what is in it is removed")
	tool := flag.String("go", "go", "the Go command")
	portAudio := flag.String("portaudio", "", "folder with PortAudio for Windows, as portaudio.sh makes it")
	sysroot := flag.String("sysroot", "", "folder with Debian's libraries for arm64, as sysroot.sh lays them out")
	page := flag.String("page", "", "the verifier as a page")
	flag.Parse()
	r := release{tool: *tool, out: *out, portAudio: *portAudio, sysroot: *sysroot, page: *page}
	if err := r.make(); err != nil {
		fmt.Fprintf(os.Stderr, "pack: %v\n", err)
		os.Exit(1)
	}
}

// release is what is made of one commit.
type release struct {
	tool, out, portAudio, sysroot, page string

	work    string    // folder for what is not released itself
	version string    // as "1.2.3", or "0.0.0-20261126110000-0123456789ab" where no tag says so
	commit  string    // its full id
	when    time.Time // the time of the commit, and of every file in a package
	made    []string  // what was made, by its name in out
}

// make makes everything.
func (r *release) make() (err error) {
	if r.work, err = os.MkdirTemp("", "pack"); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	for _, folder := range []*string{&r.portAudio, &r.sysroot} {
		if *folder, err = filepath.Abs(*folder); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"the recruiter's program", r.recruiter},
		{"Linux", r.linux},
		{"Windows", r.windows},
		{"the verifier's page", r.verifier},
		{"bill of materials", r.materials},
		{"notes and checksums", r.finish},
	} {
		begin := time.Now()
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("%-24s %5.1f s\n", step.name, time.Since(begin).Seconds())
	}
	return r.list()
}

// list says what was made and how large it is.
func (r *release) list() error {
	for _, name := range r.made {
		st, err := os.Stat(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Printf("%6.1f MB  %s\n", float64(st.Size())/1e6, filepath.Join(r.out, name))
	}
	return nil
}

// add says that a file of that name is released, and returns its path.
func (r *release) add(name string) string {
	r.made = append(r.made, name)
	return filepath.Join(r.out, name)
}

// run runs a command; what it said is told where it failed.
func run(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, strings.TrimSpace(string(out)))
	}
	return nil
}
