package main

import (
	"crypto/md5"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

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
	if err := r.debian(tree, "amd64"); err != nil {
		return err
	}
	if err := r.rpm(tree, "x86_64"); err != nil {
		return err
	}
	name := "linecheck-" + r.version + "-linux-amd64"
	return r.tarball(tree, name, r.add(name+".tar.gz"))
}

// ordered is the version as package managers have them: one without a tag comes before the release.
func (r *release) ordered() string { return strings.Replace(r.version, "-", "~", 1) }

// fill fills the blanks in a file of the packages' folder.
func fill(name string, blanks map[string]string) (string, error) {
	text, err := os.ReadFile(filepath.Join(packageDir, name))
	return os.Expand(string(text), func(name string) string { return blanks[name] }), err
}

// debian packs the tree below /usr with Debian's own tool, which takes the files' times from the commit.
func (r *release) debian(tree, arch string) error {
	dir := filepath.Join(r.work, "deb")
	if err := os.CopyFS(filepath.Join(dir, "usr"), os.DirFS(tree)); err != nil {
		return err
	}
	var sums strings.Builder
	var size int
	if err := walk(dir, func(e entry) error {
		size += len(e.data)
		if e.link == "" {
			fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(e.data), e.name) // what Debian's own programs check files against
		}
		return nil
	}); err != nil {
		return err
	}
	control, err := fill("debian.control", map[string]string{"VERSION": r.ordered(), "ARCH": arch, "SIZE": strconv.Itoa((size + 1023) / 1024)})
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"control": control, "md5sums": sums.String()} {
		if err := writeFile(filepath.Join(dir, "DEBIAN", name), []byte(text)); err != nil {
			return err
		}
	}
	return run(nil, "dpkg-deb", "-Zxz", "-z9", "-Sextreme", "--root-owner-group", "--build", dir, r.add("linecheck_"+r.version+"_"+arch+".deb"))
}

// rpm packs the tree below /usr with RPM's own tool.
func (r *release) rpm(tree, arch string) error {
	dir := filepath.Join(r.work, "rpm")
	root := filepath.Join(dir, "root")
	if err := os.CopyFS(filepath.Join(root, "usr"), os.DirFS(tree)); err != nil {
		return err
	}
	var files strings.Builder
	if err := walk(root, func(e entry) error {
		fmt.Fprintf(&files, "/%s\n", e.name)
		return nil
	}); err != nil {
		return err
	}
	spec, err := fill("linecheck.spec", map[string]string{"VERSION": strings.ReplaceAll(r.ordered(), "-", "_"), "FILES": files.String()})
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "linecheck.spec"), []byte(spec)); err != nil {
		return err
	}
	args := []string{"-bb", "--quiet", "--target", arch, "--buildroot", root}
	for _, d := range []string{"_topdir " + dir, "_rpmdir " + dir, "_rpmfilename linecheck.rpm", "_binary_payload w9.xzdio", "_buildhost localhost", "use_source_date_epoch_as_buildtime 1", "clamp_mtime_to_source_date_epoch 1",
		"_build_id_links none", "__os_install_post %{nil}"} {
		args = append(args, "--define", d)
	}
	if err := run(nil, "rpmbuild", append(args, filepath.Join(dir, "linecheck.spec"))...); err != nil {
		return err
	}
	return copyFile(filepath.Join(dir, "linecheck.rpm"), r.add("linecheck-"+r.version+"."+arch+".rpm"), 0o644)
}

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
