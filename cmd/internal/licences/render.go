package main

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// head stands above everything.
const head = `Licences of what Linecheck is made of

linecheck, linecheck-support and linecheck-recruiter are made of the works named
below, on Linux, Windows and macOS; not every work is in every program. Each
text stands once, below the names of all works that it covers. The source code
of a Go module is to be had at the address that is its name.
`

// columns is how wide the rules between the sections are.
const columns = 80

// section is a text and the works it covers.
type section struct {
	names []string
	text  string
}

// render writes the works out, each text once, by name.
func render(works []work) string {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sections(works) {
		b.WriteString("\n" + strings.Repeat("=", columns) + "\n" + strings.Join(s.names, "\n") + "\n" + strings.Repeat("-", columns) + "\n\n" + s.text)
	}
	return b.String()
}

func sections(works []work) []section {
	names := map[string][]string{}
	for _, w := range works {
		for _, t := range w.texts {
			name := w.name
			if len(w.texts) > 1 {
				name += ", " + t.file
			}
			key := plain(t.text)
			names[key] = append(names[key], name)
		}
	}
	var all []section
	for text, covered := range names {
		slices.SortFunc(covered, byName)
		all = append(all, section{slices.Compact(covered), text})
	}
	slices.SortFunc(all, func(a, b section) int { return byName(a.names[0], b.names[0]) })
	return all
}

// byName sorts names as people look for them.
func byName(a, b string) int {
	if c := strings.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// plain is a text in UTF-8 whose lines end in a line feed and have no tabs and no
// blanks at their end, without empty lines around it. The words are as they were.
func plain(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	if !utf8.ValidString(s) { // old texts are in Latin-1
		runes := make([]rune, 0, len(s))
		for _, c := range []byte(s) {
			runes = append(runes, rune(c))
		}
		s = string(runes)
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n").Replace(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(spread(l), " \u00a0")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + "\n"
}

// spread puts blanks in the place of tabs, up to every eighth column.
func spread(line string) string {
	var b strings.Builder
	column := 0
	for _, r := range line {
		if r == '\t' {
			n := 8 - column%8
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		}
		b.WriteRune(r)
		column++
	}
	return b.String()
}
