package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"linecheck/cmd/internal/shipped"
)

// target is one program for one system.
type target struct {
	program, os, arch string
	tags              string
	cgo               []string // the C compiler's environment; nil for a program without C
	link              string   // more for the linker
	out               string
}

// build compiles a target. Paths, and what the linker would make up, stay out of it.
func (r *release) build(t target) error {
	env := []string{"GOOS=" + t.os, "GOARCH=" + t.arch, "GOFLAGS=-mod=readonly", "CGO_ENABLED=0"}
	if t.cgo != nil {
		env = append(append(env, "CGO_ENABLED=1"), t.cgo...)
	}
	return run(env, r.tool, "build", "-trimpath", "-tags", t.tags, "-ldflags", strings.TrimSpace("-s -w -buildid= "+t.link), "-o", t.out, "./cmd/"+t.program)
}

// stamp learns version, commit and time from a program that was built: Go writes into
// it what the repository says.
func (r *release) stamp(program string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	r.version, r.commit = strings.TrimPrefix(info.Main.Version, "v"), settings["vcs.revision"]
	if r.version == "" || r.version == "(devel)" || r.commit == "" {
		return errors.New("a release is made from a clone of the repository: there is none here that says which version this is")
	}
	if err := tagged(r.version, r.commit); err != nil {
		return err
	}
	if r.when, err = time.Parse(time.RFC3339, settings["vcs.time"]); err != nil {
		return err
	}
	return os.Setenv("SOURCE_DATE_EPOCH", epoch(r.when))
}

// tagged is an error where the commit has tags of versions, and none is the one that Go took: it takes none from 2.0.0 on
// before the module is named for it, and of several the highest.
func tagged(version, commit string) error {
	tags, err := output("git", "tag", "--points-at", commit, "--list", "v[0-9]*")
	names := strings.Fields(tags)
	if err != nil || len(names) == 0 || slices.Contains(names, "v"+strings.TrimSuffix(version, "+dirty")) {
		return err
	}
	return fmt.Errorf("the commit is tagged %s, and the programs say version %s: Go takes a tag like v1.2.3, and from v2.0.0 on only where go.mod names the module for it (linecheck/v2)", names[0], version)
}

// recruiter makes the recruiter's program, which is one file on every system.
func (r *release) recruiter() error {
	for _, s := range shipped.Systems() {
		file := filepath.Join(r.work, "linecheck-recruiter-"+s.OS+"-"+s.Arch)
		if err := r.build(target{program: "linecheck-recruiter", os: s.OS, arch: s.Arch, out: file}); err != nil {
			return err
		}
		if r.version == "" {
			if err := r.stamp(file); err != nil {
				return err
			}
		}
		name := "linecheck-recruiter-" + r.version + "-" + s.OS + "-" + s.Arch
		if s.OS == "windows" {
			name += ".exe"
			if err := r.dress(file, "Linecheck for recruiters", "linecheck-recruiter"); err != nil {
				return err
			}
		}
		if err := copyFile(file, r.add(name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// verifier is the page that verifies reports offline, with its version in it.
func (r *release) verifier() error {
	page, err := os.ReadFile(r.page)
	if err != nil {
		return err
	}
	const head = "<head>\n"
	if !strings.Contains(string(page), head) {
		return errors.New("the page has no head")
	}
	return writeFile(r.add("linecheck-verify-"+r.version+".html"), []byte(strings.Replace(string(page), head, head+`<meta name="generator" content="Linecheck `+r.version+`">`+"\n", 1)))
}
