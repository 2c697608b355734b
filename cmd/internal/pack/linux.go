package main

import (
	"crypto/md5"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"linecheck/assets"
	"linecheck/cmd/internal/shipped"
)

const (
	packageDir = "cmd/linecheck/package"
	// support is the other name of linecheck, by which it is the program for a terminal.
	support = "linecheck-support"
)

// chip is a processor that the window is made for on Linux.
type chip struct {
	arch, rpm string   // its names for Go and Debian, and for RPM
	cgo       []string // the C compiler's environment
}

func (r *release) chips() []chip {
	pkgConfig := filepath.Join(r.sysroot, "usr/lib/aarch64-linux-gnu/pkgconfig") + ":" + filepath.Join(r.sysroot, "usr/share/pkgconfig")
	return []chip{
		{"amd64", "x86_64", []string{}},
		{"arm64", "aarch64", []string{"CC=aarch64-linux-gnu-gcc --sysroot=" + r.sysroot, "PKG_CONFIG_SYSROOT_DIR=" + r.sysroot, "PKG_CONFIG_LIBDIR=" + pkgConfig}},
	}
}

// linux makes the Debian package, the RPM package and the archive of the applicant's
// programs, for each processor from one tree of files.
func (r *release) linux() error {
	share := filepath.Join(r.work, "share")
	for _, c := range r.chips() {
		tree := filepath.Join(r.work, "linux-"+c.arch)
		if err := r.programs(c, filepath.Join(tree, "bin")); err != nil {
			return err
		}
		if c.arch == runtime.GOARCH { // manual and completions are written by a program that runs here
			if err := r.shared(filepath.Join(tree, "bin"), share); err != nil {
				return err
			}
		}
	}
	for _, c := range r.chips() {
		name := "linecheck-" + r.version + "-linux-" + c.arch
		tree := filepath.Join(r.work, "linux-"+c.arch)
		for _, step := range []func() error{
			func() error { return os.CopyFS(filepath.Join(tree, "share"), os.DirFS(share)) },
			func() error { return r.debian(tree, c.arch) },
			func() error { return r.rpm(tree, c.rpm) },
			func() error { return r.tarball(tree, name, r.add(name+".tar.gz")) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	return nil
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
	dir := filepath.Join(r.work, "deb-"+arch)
	if err := os.CopyFS(filepath.Join(dir, "usr"), os.DirFS(tree)); err != nil {
		return err
	}
	zsh := filepath.Join(dir, "usr/share/zsh")
	if err := os.Rename(filepath.Join(zsh, "site-functions"), filepath.Join(zsh, "vendor-completions")); err != nil { // where Debian's zsh looks
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
	if err := plain(dir); err != nil {
		return err
	}
	return run(nil, "dpkg-deb", "-Zxz", "-z9", "-Sextreme", "--root-owner-group", "--build", dir, r.add("linecheck_"+r.version+"_"+arch+".deb"))
}

// rpm packs the tree below /usr with RPM's own tool.
func (r *release) rpm(tree, arch string) error {
	dir := filepath.Join(r.work, "rpm-"+arch)
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
	if err := plain(root); err != nil {
		return err
	}
	args := []string{"-bb", "--quiet", "--target", arch + "-linux", "--buildroot", root}
	for _, d := range []string{"_topdir " + dir, "_rpmdir " + dir, "_rpmfilename linecheck.rpm", "_binary_payload w9.xzdio", "_buildhost localhost", "use_source_date_epoch_as_buildtime 1", "clamp_mtime_to_source_date_epoch 1",
		"_build_id_links none", "__os_install_post %{nil}"} {
		args = append(args, "--define", d)
	}
	if err := run([]string{"HOME=" + dir}, "rpmbuild", append(args, filepath.Join(dir, "linecheck.spec"))...); err != nil {
		return err
	}
	return copyFile(filepath.Join(dir, "linecheck.rpm"), r.add("linecheck-"+r.version+"."+arch+".rpm"), 0o644)
}

// programs makes the program with its two names.
func (r *release) programs(c chip, bin string) error {
	if err := r.build(target{program: "linecheck", os: "linux", arch: c.arch, tags: shipped.WindowTags, cgo: c.cgo, out: filepath.Join(bin, "linecheck")}); err != nil {
		return err
	}
	return os.Symlink("linecheck", filepath.Join(bin, support))
}

// shared is what is installed below /usr/share.
func (r *release) shared(bin, share string) error {
	if err := r.manuals(bin, share); err != nil {
		return err
	}
	for from, to := range map[string]string{
		packageDir + "/linecheck.desktop": "applications/com.linecheck.linecheck.desktop", // Wayland finds a window's icon by its program's identity
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
func (r *release) manuals(bin, share string) error {
	pages := filepath.Join(share, "man", "man1")
	if err := os.MkdirAll(pages, 0o755); err != nil {
		return err
	}
	for _, program := range []string{"linecheck", support} {
		if err := run([]string{"CGO_ENABLED=0"}, r.tool, "run", "-tags", "manual", "./cmd/"+program, "manual", pages, r.version); err != nil {
			return err
		}
		for shell, to := range map[string]string{
			"bash": "bash-completion/completions/" + program,
			"zsh":  "zsh/site-functions/_" + program,
			"fish": "fish/vendor_completions.d/" + program + ".fish",
		} {
			text, err := output(filepath.Join(bin, program), "completion", shell)
			if err != nil {
				return err
			}
			if !strings.Contains(text, program) {
				return fmt.Errorf("%s completes nothing in %s", program, shell)
			}
			if err := writeFile(filepath.Join(share, to), []byte(text)); err != nil {
				return err
			}
		}
	}
	return gzipAll(pages)
}
