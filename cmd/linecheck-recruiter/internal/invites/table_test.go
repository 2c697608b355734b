package invites_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/words"
)

func defaults() invites.Wish {
	return invites.Wish{Role: "agent", Region: "EU", Life: invites.UsualLife, Runs: invites.UsualRuns, PolicyText: []byte("{}")}
}

func read(text string) ([]invites.Wish, error) {
	return invites.ReadCSV(strings.NewReader(text), defaults())
}

func TestReadCSV(t *testing.T) {
	one, two := defaults(), defaults()
	one.Applicant, one.Name, one.Role, one.Language, one.Life, one.Runs, one.LegalName = "A-1", `Anna "Ann" Lee, Köln`, "chat", "de", 36*time.Hour, 5, true
	two.Applicant, two.Voice = "A-2", true
	want := []invites.Wish{one, two}
	rows := [][]string{
		{"Voice_Sample", "applicant", "NAME", "role", "Language", "expires", "runs", "legal name"},
		{"no", " A-1 ", `"Anna ""Ann"" Lee, Köln"`, "chat", "DE", "36h", "5", "Yes"},
		{"TRUE", "A-2", "", "", "", "", "", "0"},
	}
	join := func(separator, end string) string {
		var b strings.Builder
		for _, r := range rows {
			b.WriteString(strings.Join(r, separator) + end)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"commas": join(",", "\n"), "semicolons": join(";", "\r\n"), "tabs": join("\t", "\n"), "an old Mac": join(";", "\r"), "a mark": "\ufeff" + join(";", "\r\n"),
		"spaces": join(", ", "\n"), "empty rows and cells": "\n" + join(",", ",,\n\n") + ",,,,\n ,\n",
	} {
		got, err := read(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if got, err := read("applicant\nA;1\n"); err != nil || got[0].Applicant != "A;1" {
		t.Errorf("one column: %v %v", got, err)
	}
}

// What is wrong is said with its line, and nothing is read.
func TestTablesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"nothing":              {"", "the table is empty"},
		"a mark alone":         {"\ufeff", "the table is empty"},
		"a header alone":       {"applicant,name\n\n,\n", "no row under its header"},
		"no header":            {"A-1,Anna\n", `line 1: the table has no column "applicant"`},
		"another column":       {"applicant,e-mail\nA,b\n", `line 1: there is no column "e_mail": take it out, or call it one of applicant, name`},
		"a column twice":       {"applicant;name;Name\nA;b;c\n", `line 1: the column "name" stands twice`},
		"a nameless column":    {"applicant,\nA,b\n", `line 2: the cell "b" stands in a column without a name`},
		"no applicant":         {"applicant,name\nA,b\n,Anna\n", "line 3: applicant must have 1 to 200 characters"},
		"twice":                {"name,applicant\nx,A\ny,B\n\nz, A \n", `line 5: applicant "A" stands in line 2 already`},
		"too many cells":       {"applicant,name\nA,Lee, Anna\n", "line 2: 3 cells, and the header names 2"},
		"a lone mark":          {"applicant,name\nA,b\nB,x\"y\n", "line 3: a quotation mark"},
		"an open mark":         {"applicant,name\nA,b\nB,\"y\nC,d\n", "line 3: a quotation mark is not closed"},
		"an open mark first":   {"\"applicant,name\nA,b\n", "line 1: a quotation mark"},
		"a bad time":           {"applicant,expires\nA,14d\nB,tomorrow\n", `line 3: expires "tomorrow" is not a time like 14d`},
		"a bad number":         {"applicant,runs\nA,three\n", `line 2: runs "three" is not a number`},
		"many runs":            {"applicant,runs\nA,1000\n", "line 2: runs 1000: an invite allows 1 to 100"},
		"neither yes nor no":   {"applicant,legal_name\nA,perhaps\n", `line 2: legal_name "perhaps" is neither yes nor no`},
		"a language":           {"applicant,language\nA,tlh\n", `line 2: language "tlh" is none of en, de`},
		"after a broken line":  {"applicant,name\nA,\"x\ny\"\nB,\x07\n", "line 2: name has a control character (U+000A)"},
		"turned around":        {"applicant,name\nA,x\nB,\u202ey\n", "line 3: name has an invisible character"},
		"NUL":                  {"applicant\nA\x00\n", "line 2: applicant has a control character (U+0000)"},
		"Latin 1":              {"applicant,name\nA,b\nB,M\xe4rz\n", "line 3: the table is not UTF-8 text: in the spreadsheet program save it as CSV UTF-8"},
		"UTF-16":               {"\xff\xfea\x00p\x00", "line 1: the table is not UTF-8"},
		"a workbook":           {"PK\x03\x04\x14\x00\xff", "not UTF-8"},
		"a long stranger":      {"applicant," + strings.Repeat("x", 1000) + "\n", `"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"`},
		"a column of controls": {"applicant,\x1b[2J\n", `"\x1b[2j"`},
	} {
		list, err := read(c.text)
		var p *invites.Problem
		if list != nil || !errors.As(err, &p) || !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "\n\x00\x1b") {
			t.Errorf("%s: %v, not %q", name, err, c.says)
		}
	}
	broken := errors.New("broken")
	if _, err := invites.ReadCSV(failing{broken}, defaults()); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestHowMuchATableMayHold(t *testing.T) {
	var b strings.Builder
	b.WriteString("applicant\n")
	for i := range invites.MaxRows {
		fmt.Fprintln(&b, "A-", i)
	}
	if list, err := read(b.String()); err != nil || len(list) != invites.MaxRows {
		t.Errorf("%d %v", len(list), err)
	}
	b.WriteString("one more\n")
	if _, err := read(b.String()); err == nil || !strings.Contains(err.Error(), "line 10002: the table has more than 10000 rows: split it") {
		t.Error(err)
	}
	if _, err := read("applicant\n" + strings.Repeat("\n", invites.MaxTable)); err == nil || !strings.Contains(err.Error(), "larger than 5 MB") {
		t.Error(err)
	}
}

// Whatever a table holds, reading it ends, with wishes that can be issued or a problem on one line.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("applicant;name;expires\nA-1;Anna;14d\n"))
	f.Add([]byte("\ufeffapplicant\tlegal_name\r\nA\tyes\r\n"))
	f.Add([]byte("applicant,runs\n\"A\"\"\",3\n,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := invites.ReadCSV(bytes.NewReader(text), defaults())
		var p *invites.Problem
		switch {
		case err != nil && (list != nil || !errors.As(err, &p) || strings.ContainsAny(err.Error(), "\n\r\x00\x1b")):
			t.Errorf("%q: %v %q", text, list, err)
		case err == nil && len(list) == 0:
			t.Errorf("%q: nothing, and no problem", text)
		}
		seen := map[string]bool{}
		for _, w := range list {
			w.PolicyText = nil
			if err := w.Check(); err != nil || seen[w.Applicant] {
				t.Errorf("%q: %+v %v", text, w, err)
			}
			seen[w.Applicant] = true
		}
	})
}

func TestWriteCSV(t *testing.T) {
	o := newOffice(t)
	formula, german := wish(), wish()
	formula.Applicant, formula.Name = "=HYPERLINK(1)", "@Anna"
	german.Name, german.Language = "Max, \"Maxi\"", "de"
	list, err := o.desk.Issue(t.Context(), []invites.Wish{formula, german}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := invites.WriteCSV(&out, list); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if !ok || err != nil || len(rows) != 3 {
		t.Fatalf("%q %v", rows, err)
	}
	ends := list[0].Ends.Format("2006-01-02 15:04 UTC")
	for i, want := range [][]string{
		{"applicant", "name", "language", "link", "code", "expires", "subject"},
		{"'=HYPERLINK(1)", "'@Anna", "", list[0].Web, list[0].Typed, ends, "Example Ltd: please check your computer before the interview"},
		{"A-17", `Max, "Maxi"`, "de", list[1].Web, list[1].Typed, ends, "Example Ltd: Bitte testen Sie vor dem Vorstellungsgespräch Ihren Computer"},
	} {
		if d := cmp.Diff(want, rows[i][:7]); d != "" {
			t.Error(d)
		}
	}
	for i, row := range rows[1:] {
		if m := row[7]; !strings.Contains(m, list[i].Web) || !strings.Contains(m, list[i].Typed) || strings.Contains(m, "{") {
			t.Errorf("%s", m)
		}
	}
	if !strings.HasPrefix(rows[2][7], `Guten Tag Max, "Maxi",`) || !strings.HasPrefix(rows[1][7], "Hello @Anna,\n\nExample Ltd asks you") {
		t.Errorf("%q %q", rows[1][7], rows[2][7])
	}
}

// Every language has a whole message, with and without a name.
func TestMail(t *testing.T) {
	texts, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	i := invites.Issued{From: "Example Ltd", Ends: time.Date(2026, 3, 10, 8, 0, 0, 0, time.UTC), Web: "https://jobs.example/i/X", Typed: "jobs.example/X"}
	for _, l := range texts.Languages() {
		for _, name := range []string{"", "{who}"} {
			i.Name = name
			subject, message := i.Mail(texts.In(l.Code))
			if strings.Contains(subject+message, "landing.") || strings.Contains(strings.Replace(message, name, "", 1), "{") ||
				!strings.Contains(subject, i.From) || strings.Count(message, i.Web) != 1 || !strings.Contains(message, "2026") || strings.Contains(subject, "\n") {
				t.Errorf("%s: %s\n%s", l.Code, subject, message)
			}
		}
	}
}
