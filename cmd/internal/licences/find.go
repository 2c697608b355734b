package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// work is something that somebody made, and the licence texts that come with it.
type work struct {
	name  string // with its version, where it has one
	texts []text
}

// text is a file with a licence.
type text struct {
	file string // below the work's folder, with slashes
	text string
}

// isLicence are the names that files with licences have. Source files are never meant.
var isLicence = regexp.MustCompile(`(?i)^(.*licen[cs]es?|copying|copyright|notice|patents)([-_.].*)?$`)

func licenceFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".go", ".c", ".h", ".s", ".sh", ".py":
		return false
	}
	return isLicence.MatchString(name)
}

// work is the module with its licence texts: those in its own folder, in those of linked
// packages and on the way to them, and in their subfolders that are no Go packages, where
// the code of others is, and fonts are.
func (m *module) work() (work, error) {
	folders := map[string]bool{m.dir: true}
	for p := range m.packages {
		for dir := p; len(dir) > len(m.dir); dir = filepath.Dir(dir) {
			folders[dir] = true
		}
	}
	found := map[string]bool{}
	for dir := range folders {
		if err := search(dir, found); err != nil {
			return work{}, err
		}
	}
	w := work{name: m.name + " " + m.version}
	for path := range found {
		data, err := os.ReadFile(path)
		if err != nil {
			return work{}, err
		}
		rel, err := filepath.Rel(m.dir, path)
		if err != nil {
			return work{}, err
		}
		w.texts = append(w.texts, text{filepath.ToSlash(rel), string(data)})
	}
	slices.SortFunc(w.texts, func(a, b text) int { return strings.Compare(a.file, b.file) })
	return w, nil
}

// search notes the licence files in a folder and in its subfolders that are no Go packages.
func search(dir string, found map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && !besideTheCode(e) && !holdsGo(path):
			if err := search(path, found); err != nil {
				return err
			}
		case e.Type().IsRegular() && licenceFile(e.Name()):
			found[path] = true
		}
	}
	return nil
}

// besideTheCode are folders of which nothing is linked.
func besideTheCode(e fs.DirEntry) bool {
	return strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") || e.Name() == "testdata"
}

func holdsGo(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	return len(files) > 0
}
