package store

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Bounds of what is kept for finding: what is longer is found by its beginning.
const (
	longestWord = 60
	mostWords   = 6 // of one text
)

// beginnings are the texts by whose beginnings a report is found: each of the given
// ones from each of its words on, in one spelling. So "Lopez" and "maria lo" both find "Maria Lopez".
func beginnings(texts ...string) (list []string) {
	for _, t := range texts {
		words := strings.Fields(Fold(t))
		for i := range min(len(words), mostWords) {
			w := cut(strings.Join(words[i:], " "))
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// cut shortens a folded text to what is kept of it.
func cut(s string) string {
	for i := range s {
		if i > longestWord {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// Fold is a text in the one spelling in which it is searched for: compatibility
// forms and cases are the same (Unicode NFKC, full case folding), accents are left out, spaces are single.
func Fold(s string) string {
	s = norm.NFKD.String(cases.Fold().String(norm.NFKC.String(s)))
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x0300 && r <= 0x036f: // combining marks of Latin, Greek and Cyrillic
			return -1
		case r < ' ' || r == 0x7f:
			return ' '
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}
