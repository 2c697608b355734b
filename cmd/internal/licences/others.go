package main

import (
	"os"
	"path/filepath"
)

// others are the works that are linked or embedded and are no Go modules. The standard
// library has no version here: whoever builds the programs has their own. The texts of
// PortAudio and mingw-w64 are what Debian 12 says of its packages portaudio19-dev 19.6.0-1.2
// and mingw-w64-common 10.0.0-3, of which the programs for Windows are made.
func others(p folders) ([]work, error) {
	const beside = "cmd/internal/licences/texts/"
	all := []struct {
		name, dir string
		files     []string
	}{
		{"Linecheck", p.root, []string{"LICENSE"}},
		{"Linecheck: icons, pages, texts, tables, spoken digits", p.root, []string{beside + "own.txt"}},
		{"Go standard library", p.lang, []string{"LICENSE", "PATENTS"}},
		{"PortAudio 19.6.0", p.root, []string{beside + "portaudio.txt"}},
		{"mingw-w64 10.0.0, the runtime of programs for Windows", p.root, []string{beside + "mingw-w64.txt"}},
		{"Droid Sans Fallback 6.0.1r16", p.root, []string{"assets/fonts/LICENSE-Droid.txt"}},
		{"Noto Sans, Noto Sans Arabic, Noto Sans Devanagari 20201225", p.root, []string{"assets/fonts/LICENSE-Noto.txt"}},
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
