package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"linecheck/cmd/internal/shipped"
)

// builds are the programs, and the tags they are built with.
func builds() map[string]string {
	return map[string]string{"./cmd/linecheck": shipped.WindowTags, "./cmd/linecheck-support": "", "./cmd/linecheck-recruiter": ""}
}

// module is a Go module of which packages are linked.
type module struct {
	name, version, dir string
	packages           map[string]bool // the folders of those that are
}

// linked are the modules, but our own, that any program links on any system, by name. It
// counts what a program imports: the linker may still leave some of it out.
func linked(ctx context.Context, root string) ([]*module, error) {
	all := map[string]*module{}
	for _, program := range slices.Sorted(maps.Keys(builds())) {
		for _, s := range shipped.Systems() {
			out, err := command(ctx, root, []string{"GOOS=" + s.OS, "GOARCH=" + s.Arch, "CGO_ENABLED=1"},
				"list", "-deps", "-tags="+builds()[program], "-json=Dir,Standard,Module", program)
			if err != nil {
				return nil, err
			}
			if err := take(all, out); err != nil {
				return nil, err
			}
		}
	}
	var list []*module
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[name])
	}
	return list, nil
}

// listed is what go list says of a package.
type listed struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// take adds the packages that go list names to the modules.
func take(all map[string]*module, list []byte) error {
	for d := json.NewDecoder(bytes.NewReader(list)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if p.Standard || p.Module == nil || p.Module.Main {
			continue
		}
		m := all[p.Module.Path]
		if m == nil {
			m = &module{name: p.Module.Path, version: p.Module.Version, dir: filepath.Clean(p.Module.Dir), packages: map[string]bool{}}
			all[m.name] = m
		}
		m.packages[filepath.Clean(p.Dir)] = true
	}
}
