// Package sheet writes tables for spreadsheet programs: CSV with the marks and line ends
// that they expect, and with no cell that they would take for a formula. What stands in a
// table, and who may have it, does not come in here.
package sheet

import (
	"encoding/csv"
	"io"
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
