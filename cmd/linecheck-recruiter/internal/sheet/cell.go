package sheet

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	// formula is where a spreadsheet program may see a formula: at the beginning of a cell, behind blanks and
	// quotation marks too, in narrow or wide characters; and within it behind what begins a cell
	// where another sign than the comma separates cells, as the semicolon does in many countries.
	formula = regexp.MustCompile(`(^|[;\t\r\n])([\pZ\p{Cf}"'` + "`" + `´‘’“”„«»]*[=+\-@＝＋－＠﹦﹢﹣﹫])`)
)

// mostOfCell is how many characters a spreadsheet program takes in a cell.
const mostOfCell = 32_000

// Cell is a text that no spreadsheet program takes for a formula: an apostrophe stands
// before what might be one. Plain numbers stay numbers. Control characters that are no blanks, and
// those that turn the line around, are left out; what is too long for a cell is cut.
func Cell(s string) string {
	if number.MatchString(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	if strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n") {
		s = "'" + s
	}
	s = formula.ReplaceAllString(s, "$1'$2")
	if text := []rune(s); len(text) > mostOfCell {
		s = string(text[:mostOfCell]) + "…"
	}
	return s
}
