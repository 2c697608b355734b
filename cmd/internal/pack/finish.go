package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// finish writes the notes of the release and the checksums of everything that is in it.
func (r *release) finish() error {
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	var notes strings.Builder
	fmt.Fprintf(&notes, "# Linecheck %s\n\n%s\n\nMade of commit %s.\n", r.version, section(string(changes), r.version), r.commit)
	if err := writeFile(r.add("NOTES.md"), []byte(notes.String())); err != nil {
		return err
	}
	slices.Sort(r.made)
	var sums strings.Builder
	for _, name := range r.made {
		data, err := os.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), name)
	}
	return writeFile(r.add("SHA256SUMS"), []byte(sums.String()))
}

// section is what the change log says of a version; what is not released yet where it
// says nothing of it.
func section(changes, version string) string {
	sections := strings.Split("\n"+changes, "\n## ")
	for _, heading := range []string{version, "Unreleased"} {
		for _, s := range sections[1:] {
			title, text, _ := strings.Cut(s, "\n")
			if name, _, _ := strings.Cut(title, " "); name == heading { // its date stands beside it
				return strings.TrimSpace(text)
			}
		}
	}
	return "No changes are noted."
}
