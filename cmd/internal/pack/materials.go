package main

import (
	"bytes"
	"debug/buildinfo"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"linecheck/cmd/internal/shipped"
)

// materials writes the bill of materials: every module that is linked into some program
// of the release, as the programs themselves say, and what is no Go module.
func (r *release) materials() error {
	found := map[string]cdx.Component{}
	var compiler string
	for _, pattern := range []string{"linecheck-recruiter-*", "linux-*/bin/linecheck", "windows/*.exe"} {
		programs, err := filepath.Glob(filepath.Join(r.work, pattern))
		if err != nil {
			return err
		}
		for _, p := range programs {
			info, err := buildinfo.ReadFile(p)
			if err != nil {
				return err
			}
			compiler = info.GoVersion
			for _, m := range info.Deps {
				c := module(m)
				found[c.BOMRef] = c
			}
		}
	}
	std := cdx.Component{BOMRef: "pkg:golang/std@" + compiler, Type: cdx.ComponentTypeLibrary, Name: "std", Version: compiler, PackageURL: "pkg:golang/std@" + strings.TrimPrefix(compiler, "go")}
	found[std.BOMRef] = std
	for _, o := range shipped.Others() {
		found[o.URL] = cdx.Component{BOMRef: o.URL, Type: cdx.ComponentTypeLibrary, Name: o.Name, Version: o.Version, PackageURL: o.URL, Description: o.About}
	}

	self := cdx.Component{BOMRef: "linecheck", Type: cdx.ComponentTypeApplication, Name: "linecheck", Version: r.version}
	var all []cdx.Component
	var needs []string
	for ref, c := range found {
		all, needs = append(all, c), append(needs, ref)
	}
	slices.SortFunc(all, func(a, b cdx.Component) int { return strings.Compare(a.BOMRef, b.BOMRef) })
	slices.Sort(needs)
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Timestamp: r.when.UTC().Format("2006-01-02T15:04:05Z"), Component: &self}
	bom.Components = &all
	bom.Dependencies = &[]cdx.Dependency{{Ref: self.BOMRef, Dependencies: &needs}}
	var text bytes.Buffer
	if err := cdx.NewBOMEncoder(&text, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		return err
	}
	return writeFile(r.add("linecheck-"+r.version+".cdx.json"), text.Bytes())
}

// module is a Go module as a component; one that another replaces is that other.
func module(m *debug.Module) cdx.Component {
	if m.Replace != nil {
		m = m.Replace
	}
	url := "pkg:golang/" + strings.ToLower(m.Path) + "@" + m.Version
	return cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: url,
		Properties: &[]cdx.Property{{Name: "go:sum", Value: m.Sum}}}
}
