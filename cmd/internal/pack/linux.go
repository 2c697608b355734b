package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"linecheck/assets"
	"linecheck/cmd/internal/shipped"
	"linecheck/cmd/internal/supportcmd"
)

const packageDir = "cmd/linecheck/package"

// linux makes the Debian package, the RPM package and the archive of the applicant's
// programs, from one tree of files.
func (r *release) linux() error {
	tree := filepath.Join(r.work, "linux")
	if err := r.linuxTree(tree); err != nil {
		return err
	}
	text, err := os.ReadFile(packageDir + "/nfpm.yaml")
	if err != nil {
		return err
	}
	blanks := map[string]string{"VERSION": r.version, "ARCH": "amd64", "TREE": tree, "TIME": r.when.UTC().Format(time.RFC3339)}
	config := filepath.Join(r.work, "nfpm.yaml")
	if err := writeFile(config, []byte(os.Expand(string(text), func(name string) string { return blanks[name] }))); err != nil {
		return err
	}
	deb := r.add("linecheck_" + r.version + "_amd64.deb")
	for packager, to := range map[string]string{"deb": deb, "rpm": r.add("linecheck-" + r.version + ".x86_64.rpm")} {
		if err := run(nil, r.tool, "run", nfpm, "package", "--config", config, "--packager", packager, "--target", to); err != nil {
			return err
		}
	}
	if err := r.tighten(deb); err != nil {
		return err
	}
	name := "linecheck-" + r.version + "-linux-amd64"
	return r.tarball(tree, name, r.add(name+".tar.gz"))
}

// tighten packs a Debian package anew with Debian's own tool, which sees 64 MB back. nfpm sees 8 MB.
func (r *release) tighten(deb string) error {
	dir := filepath.Join(r.work, "deb")
	if err := run(nil, "dpkg-deb", "--raw-extract", deb, dir); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, "DEBIAN", "conffiles")); err != nil && !errors.Is(err, fs.ErrNotExist) { // nfpm writes an empty one, which is refused
		return err
	}
	return run(nil, "dpkg-deb", "-Zxz", "-z9", "-Sextreme", "--root-owner-group", "--build", dir, deb)
}

// nfpm makes the packages. Newer ones need modules that are no longer served.
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0"

// linuxTree is what is installed below /usr: one program with two names.
func (r *release) linuxTree(tree string) error {
	bin := filepath.Join(tree, "bin")
	if err := r.build(target{program: "linecheck", os: "linux", arch: "amd64", tags: shipped.WindowTags, cgo: []string{}, out: filepath.Join(bin, "linecheck")}); err != nil {
		return err
	}
	if err := os.Symlink("linecheck", filepath.Join(bin, supportcmd.Name)); err != nil {
		return err
	}
	if err := r.manuals(tree); err != nil {
		return err
	}
	share := filepath.Join(tree, "share")
	for from, to := range map[string]string{
		packageDir + "/linecheck.desktop": "applications/linecheck.desktop",
		"assets/icons/linecheck.svg":      "icons/hicolor/scalable/apps/linecheck.svg",
		"assets/icons/linecheck.png":      "icons/hicolor/256x256/apps/linecheck.png",
		"LICENSE":                         "doc/linecheck/copyright",
		"CHANGELOG.md":                    "doc/linecheck/CHANGELOG.md",
	} {
		if err := copyFile(from, filepath.Join(share, to), 0o644); err != nil {
			return err
		}
	}
	return writeLicences(filepath.Join(share, "doc/linecheck/licences.txt"))
}

// writeLicences writes those of all that is linked in.
func writeLicences(to string) error {
	text, err := assets.Licences()
	if err != nil {
		return err
	}
	return writeFile(to, text)
}

// manuals has the programs write their own manual pages and completions.
func (r *release) manuals(tree string) error {
	pages := filepath.Join(tree, "share", "man", "man1")
	if err := os.MkdirAll(pages, 0o755); err != nil {
		return err
	}
	for _, program := range []string{"linecheck", supportcmd.Name} {
		if err := run([]string{"CGO_ENABLED=0"}, r.tool, "run", "-tags", "manual", "./cmd/"+program, "manual", pages); err != nil {
			return err
		}
		for shell, to := range map[string]string{
			"bash": "bash-completion/completions/" + program,
			"zsh":  "zsh/site-functions/_" + program,
			"fish": "fish/vendor_completions.d/" + program + ".fish",
		} {
			text, err := output(filepath.Join(tree, "bin", program), "completion", shell)
			if err != nil {
				return err
			}
			if !strings.Contains(text, program) {
				return fmt.Errorf("%s completes nothing in %s", program, shell)
			}
			if err := writeFile(filepath.Join(tree, "share", to), []byte(text)); err != nil {
				return err
			}
		}
	}
	return gzipAll(pages)
}
