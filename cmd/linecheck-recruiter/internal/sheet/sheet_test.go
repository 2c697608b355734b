package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/sheet"
)

func TestCell(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "A-17": "A-17", "7": "7", "a=b": "a=b", "José": "José", "'x": "'x",
		"=1+1": "'=1+1", "+49 30": "'+49 30", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", "\r=1": "'\r'=1", "\n=1": "'\n'=1",
		"-1+cmd|' /C calc'!A0": "'-1+cmd|' /C calc'!A0", "-": "'-", "--1": "'--1", "-1.": "'-1.", "-1e5": "'-1e5", "-.5": "'-.5", "-1.2.3": "'-1.2.3",
		"-45": "-45", "-45.25": "-45.25",
	} {
		if got := sheet.Cell(cell); got != want {
			t.Errorf("%q becomes %q, not %q", cell, got, want)
		}
	}
}

// A table is what spreadsheet programs read: the mark first, lines that end with CR LF, quotation marks doubled.
func TestWriter(t *testing.T) {
	var out bytes.Buffer
	w := sheet.NewWriter(&out)
	for _, row := range [][]string{{"applicant", "name"}, {"=A", `Anna "A" Lee, of two` + "\nlines"}, {"", "ż"}} {
		if err := w.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffapplicant,name\r\n'=A,\"Anna \"\"A\"\" Lee, of two\r\nlines\"\r\n,ż\r\n"
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAFullDiskIsTold(t *testing.T) {
	w := sheet.NewWriter(full{})
	if err := errors.Join(w.Write("a"), w.Flush()); err == nil {
		t.Error("nothing was said")
	}
}

// Whatever a cell holds, it is read back with at most an apostrophe more, and begins no formula.
func FuzzWriter(f *testing.F) {
	f.Add("=cmd()")
	f.Add("a,b\"\r\n")
	f.Fuzz(func(t *testing.T, cell string) {
		var out bytes.Buffer
		w := sheet.NewWriter(&out)
		if err := errors.Join(w.Write("first", cell), w.Flush()); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q: %v %v", cell, rows, err)
		}
		got := rows[0][1]
		plain := strings.ReplaceAll(strings.ReplaceAll(sheet.Cell(cell), "\r\n", "\n"), "\r", "")
		if strings.ReplaceAll(got, "\r", "") != plain {
			t.Errorf("%q is read back as %q", cell, got)
		}
		if got != "" && strings.ContainsRune("=+@\t\r\n", rune(got[0])) {
			t.Errorf("%q begins a formula: %q", cell, got)
		}
	})
}
