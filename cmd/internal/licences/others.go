package main

import (
	"os"
	"path/filepath"

	"linecheck/cmd/internal/shipped"
)

// others are the works that are linked or embedded and are no Go modules. The standard
// library has no version here: whoever builds the programs has their own.
func others(p folders) ([]work, error) {
	type source struct {
		name, dir string
		files     []string
	}
	all := []source{
		{"Linecheck", p.root, []string{"LICENSE"}},
		{"Linecheck: icons, pages, texts, tables, spoken digits", p.root, []string{"cmd/internal/licences/texts/own.txt"}},
		{"Go standard library", p.lang, []string{"LICENSE", "PATENTS"}},
	}
	for _, o := range shipped.Others() {
		all = append(all, source{o.Name + " " + o.Version, p.root, o.Texts})
	}
	var works []work
	for _, o := range all {
		w := work{name: o.name}
		for _, f := range o.files {
			data, err := os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(f)))
			if err != nil {
				return nil, err
			}
			w.texts = append(w.texts, text{f, string(data)})
		}
		works = append(works, w)
	}
	return works, nil
}
