// Package sheet writes tables for spreadsheet programs: CSV with the marks and line ends
// that they expect, and with no cell that they would take for a formula. What stands in a
// table, and who may have it, does not come in here.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// mark tells spreadsheet programs that the text is UTF-8; without it they guess.
const mark = "\ufeff"

// Writer writes a table as CSV: UTF-8 with a byte order mark, commas, lines that end with
// CR LF (RFC 4180). Make it with [NewWriter]; what it wrote is complete after [Writer.Flush].
type Writer struct {
	out   io.Writer
	lines *csv.Writer
	begun bool
}

// NewWriter is a table that goes to w.
func NewWriter(w io.Writer) *Writer {
	lines := csv.NewWriter(w)
	lines.UseCRLF = true
	return &Writer{out: w, lines: lines}
}

// Write adds a row; every cell goes through [Cell].
func (w *Writer) Write(cells ...string) error {
	if err := w.begin(); err != nil {
		return err
	}
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = Cell(c)
	}
	return w.lines.Write(row)
}

func (w *Writer) begin() error {
	if w.begun {
		return nil
	}
	w.begun = true
	_, err := io.WriteString(w.out, mark)
	return err
}

// Flush writes what is still held back, and returns the first error there was.
func (w *Writer) Flush() error {
	w.lines.Flush()
	return w.lines.Error()
}

// Cell is a text that a spreadsheet program takes for text: what begins as a formula does
// gets an apostrophe in front, which such programs do not show. A plain negative number stays a number.
func Cell(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n", rune(s[0])) || isNumber(s) {
		return s
	}
	return "'" + s
}

// isNumber says whether a text is a minus sign, digits, and perhaps a point and digits.
func isNumber(s string) bool {
	digits, ok := strings.CutPrefix(s, "-")
	whole, rest, point := strings.Cut(digits, ".")
	all := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return ok && all(whole) && (!point || all(rest))
}
