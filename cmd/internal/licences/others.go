package main

import (
	"os"
	"path/filepath"

	"linecheck/cmd/internal/shipped"
)

// others are the works that are linked or embedded and are no Go modules. The standard
// library has no version here: whoever builds the programs has their own.
func others(p folders) ([]work, error) {
	all := []struct {
		name, dir string
		files     []string
	}{
		{"Linecheck", p.root, []string{"LICENSE"}},
		{"Linecheck: icons, pages, texts, tables, spoken digits", p.root, []string{"cmd/internal/licences/texts/own.txt"}},
		{"Go standard library", p.lang, []string{"LICENSE", "PATENTS"}},
	}
	var works []work
	take := func(name, dir string, files []string) error {
		w := work{name: name}
		for _, f := range files {
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f)))
			if err != nil {
				return err
			}
			w.texts = append(w.texts, text{f, string(data)})
		}
		works = append(works, w)
		return nil
	}
	for _, o := range all {
		if err := take(o.name, o.dir, o.files); err != nil {
			return nil, err
		}
	}
	for _, o := range shipped.Others() {
		if err := take(o.Name+" "+o.Version, p.root, o.Texts); err != nil {
			return nil, err
		}
	}
	return works, nil
}
