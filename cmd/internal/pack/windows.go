package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"linecheck/cmd/internal/shipped"
)

const windowsDir = packageDir + "/windows"

// windows makes the installer and the portable archive of the applicant's programs.
func (r *release) windows() error {
	tree := filepath.Join(r.work, "windows")
	compiler := []string{"CC=x86_64-w64-mingw32-gcc", "CXX=x86_64-w64-mingw32-g++", "PKG_CONFIG_LIBDIR=" + filepath.Join(r.portAudio, "lib", "pkgconfig")}
	static := " -extldflags '-static -Wl,--no-insert-timestamp'"
	for _, p := range []struct {
		program, tags, link, about string
	}{
		{"linecheck", shipped.WindowTags, "-H=windowsgui" + static, "Linecheck"},
		{support, "", static, "Linecheck in a terminal"},
	} {
		file := filepath.Join(tree, p.program+".exe")
		if err := r.build(target{program: p.program, os: "windows", arch: "amd64", tags: p.tags, cgo: compiler, link: p.link, out: file}); err != nil {
			return err
		}
		if err := r.dress(file, p.about, p.program); err != nil {
			return err
		}
	}
	if err := copyFile("LICENSE", filepath.Join(tree, "LICENSE.txt"), 0o644); err != nil {
		return err
	}
	if err := writeLicences(filepath.Join(tree, "licences.txt")); err != nil {
		return err
	}
	name := "linecheck-" + r.version + "-windows-amd64"
	if err := r.zipped(tree, name, r.add(name+".zip")); err != nil {
		return err
	}
	return r.installer(tree, r.add(name+"-setup.exe"))
}

// dress puts icon and version into a Windows program, and signs it.
func (r *release) dress(program, about, name string) error {
	if err := r.resources(program, about, name); err != nil {
		return err
	}
	return r.sign(program)
}

// installer packs a tree into a program that installs it.
func (r *release) installer(tree, to string) error {
	icon := filepath.Join(r.work, "linecheck.ico")
	if err := writeIcon(icon); err != nil {
		return err
	}
	size, err := r.settle(tree)
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	defines := map[string]string{
		"VERSION": r.version, "FOUR": fourNumbers(r.version), "TREE": tree, "OUT": abs, "ICON": icon,
		"KILOBYTES": fmt.Sprint(size / 1024), "YEAR": r.when.UTC().Format("2006"),
	}
	script, err := r.signScript()
	if err != nil {
		return err
	}
	if script != "" {
		defines["SIGN"] = script
	}
	args := []string{"-V2", "-WX", "-NOCONFIG"} // of whoever makes it
	for name, value := range defines {
		args = append(args, "-D"+name+"="+value)
	}
	if err := run(nil, "makensis", append(args, windowsDir+"/linecheck.nsi")...); err != nil {
		return err
	}
	return r.sign(to)
}

// settle gives every file of a tree the time of the commit, and returns their size in bytes.
func (r *release) settle(tree string) (size int64, err error) {
	err = filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			size += info.Size()
		}
		return os.Chtimes(path, r.when, r.when)
	})
	return size, err
}
