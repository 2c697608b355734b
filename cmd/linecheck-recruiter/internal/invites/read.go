package invites

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of a table.
const (
	// MaxRows is how many invites one table may ask for.
	MaxRows = 10_000
	// MaxTable bounds a table, in bytes.
	MaxTable = 5 << 20
)

// Columns are those that a table may have, in any order; the first is the one it needs.
func Columns() []string {
	return []string{"applicant", "name", "role", "region", "language", "expires", "runs", "legal_name", "voice_sample"}
}

// ReadCSV reads wishes from a table, one a row under a header that names its columns, as
// [Columns]. What a row leaves empty is as in defaults. Cells are separated by commas,
// semicolons or tabs. An error is a [*Problem], or trouble with r.
func ReadCSV(r io.Reader, defaults Wish) ([]Wish, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxTable+1))
	if err != nil {
		return nil, err
	}
	text, p := tableText(data)
	if p != nil {
		return nil, p
	}
	t, err := openTable(text)
	if err != nil {
		return nil, err
	}
	return t.wishes(defaults)
}

// tableText is a table's text in one spelling.
func tableText(data []byte) ([]byte, *Problem) {
	if len(data) > MaxTable {
		return nil, problem("", "the table is larger than %d MB: split it", MaxTable>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line := 1
		for rest := data; len(rest) > 0; {
			c, n := utf8.DecodeRune(rest)
			if c == utf8.RuneError && n == 1 {
				break
			}
			if c == '\n' {
				line++
			}
			rest = rest[n:]
		}
		return nil, &Problem{Line: line, Text: "the table is not UTF-8 text: in the spreadsheet program save it as CSV UTF-8"}
	}
	if !bytes.ContainsRune(data, '\n') { // the line ends of old Macs
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	return data, nil
}

// table is a table whose header was read.
type table struct {
	rows    *csv.Reader
	columns []string // empty for one without a name
}

func reader(text []byte, separator rune) *csv.Reader {
	c := csv.NewReader(bytes.NewReader(text))
	c.Comma, c.FieldsPerRecord = separator, -1
	c.TrimLeadingSpace = separator != '\t'
	return c
}

// openTable reads the header; the separator is the one by which it names an applicant.
func openTable(text []byte) (*table, error) {
	var first error
	for _, separator := range ",;\t" {
		t := &table{rows: reader(text, separator)}
		header, err := t.rows.Read()
		if err != nil {
			first = broken(err)
			continue
		}
		for _, h := range header {
			t.columns = append(t.columns, strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(h))))
		}
		if slices.Contains(t.columns, Columns()[0]) {
			return t, t.checkHeader()
		}
	}
	if first != nil {
		return nil, first
	}
	return nil, &Problem{Line: 1, Text: "the table has no column \"applicant\": its first row must name the columns, of " + strings.Join(Columns(), ", ")}
}

func (t *table) checkHeader() error {
	for i, c := range t.columns {
		switch {
		case c != "" && !slices.Contains(Columns(), c):
			return &Problem{Line: 1, Text: "there is no column " + strconv.Quote(clip(c)) + ": take it out, or call it one of " + strings.Join(Columns(), ", ")}
		case c != "" && slices.Contains(t.columns[:i], c):
			return &Problem{Line: 1, Text: "the column " + strconv.Quote(c) + " stands twice: take one out"}
		}
	}
	return nil
}

// clip shortens a stranger's text to what a message may hold.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// broken says what is wrong with the signs of a table.
func broken(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return problem("", "the table is empty")
	case errors.As(err, &parse):
		return &Problem{Line: parse.StartLine, Text: "a quotation mark is not closed, or stands within a cell that does not begin with one: double it, and put the cell in quotation marks"}
	}
	return err
}

func (t *table) wishes(defaults Wish) (list []Wish, err error) {
	seen := map[string]int{}
	text := defaults.PolicyText
	defaults.PolicyText = nil // it is the same for all, and looked at when they are issued
	for {
		cells, err := t.rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err)
		}
		line, _ := t.rows.FieldPos(0)
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue // a row that the spreadsheet program left at the end
		}
		if len(list) == MaxRows {
			return nil, &Problem{Line: line, Text: "the table has more than " + strconv.Itoa(MaxRows) + " rows: split it"}
		}
		w, err := t.wish(cells, defaults)
		if err == nil {
			err = w.Check()
		}
		if err == nil && seen[w.Applicant] > 0 {
			err = problem("applicant", "%s stands in line %d already: take one of the two out", strconv.Quote(clip(w.Applicant)), seen[w.Applicant])
		}
		if err != nil {
			var p *Problem
			if errors.As(err, &p) {
				p.Line = line
			}
			return nil, err
		}
		seen[w.Applicant] = line
		w.PolicyText = text
		list = append(list, w)
	}
	if len(list) == 0 {
		return nil, problem("", "the table has no row under its header")
	}
	return list, nil
}

// wish is what a row asks for.
func (t *table) wish(cells []string, w Wish) (Wish, error) {
	if len(cells) > len(t.columns) {
		if strings.TrimSpace(strings.Join(cells[len(t.columns):], "")) != "" {
			return w, problem("", "%d cells, and the header names %d: put a cell that holds the separator in quotation marks", len(cells), len(t.columns))
		}
		cells = cells[:len(t.columns)]
	}
	w.Applicant = ""
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		if err := w.set(t.columns[i], cell); err != nil {
			return w, err
		}
	}
	return w, nil
}

func (w *Wish) set(column, cell string) (err error) {
	switch column {
	case "applicant":
		w.Applicant = cell
	case "name":
		w.Name = cell
	case "role":
		w.Role = cell
	case "region":
		w.Region = cell
	case "language":
		w.Language = strings.ToLower(cell)
	case "expires":
		w.Life, err = ParseLife(cell)
	case "runs":
		if w.Runs, err = strconv.Atoi(cell); err != nil {
			return problem("runs", "%q is not a number", clip(cell))
		}
	case "legal_name":
		w.LegalName, err = yesNo(column, cell)
	case "voice_sample":
		w.Voice, err = yesNo(column, cell)
	default:
		return problem("", "the cell %q stands in a column without a name", clip(cell))
	}
	return err
}

func yesNo(column, cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "yes", "true", "1":
		return true, nil
	case "no", "false", "0":
		return false, nil
	}
	return false, problem(column, "%q is neither yes nor no", clip(cell))
}
