package sheet

import (
	"strings"
	"testing"
)

func TestCellsOfEveryKind(t *testing.T) {
	for cell, want := range map[string]string{
		// what is no formula stays
		"": "", "A-17": "A-17", "Anna Lee": "Anna Lee", "0": "0", "-25.5": "-25.5", "12": "12", "a=b": "a=b", "x - y": "x - y", "José; yes": "José; yes", "mail@example": "mail@example",
		">= 10": ">= 10", "'x": "'x", "«x»": "«x»", "3-4": "3-4", "ż": "ż", "a\nb": "a\nb", "a\tb": "a\tb",
		// what is one begins with an apostrophe
		"=1+1": "'=1+1", "+1": "'+1", "+49 30 1234": "'+49 30 1234", "-1+1": "'-1+1", "-": "'-", "--1": "'--1", "-1e5": "'-1e5", "-.5": "'-.5", "-5.": "'-5.", "@SUM(A1)": "'@SUM(A1)",
		`=cmd|' /C calc'!A0`: `'=cmd|' /C calc'!A0`, `=HYPERLINK("http://x","y")`: `'=HYPERLINK("http://x","y")`, "-2+3+cmd|' /C calc'!A0": "'-2+3+cmd|' /C calc'!A0",
		"\t=1": "'\t'=1", "\r=1": "'\r'=1", "\n=1": "'\n'=1", "\tx": "'\tx", "\rx": "'\rx", "\r": "'\r",
		"-25.5 ": "'-25.5 ", "-25,5": "'-25,5", "−5": "−5",
		// behind blanks and quotation marks
		" =1": "' =1", "   -x": "'   -x", "\u00a0=1": "'\u00a0=1", "\u3000=1": "'\u3000=1", "\u200b=1": "'\u200b=1", "\ufeff=1": "'\ufeff=1",
		`"=1`: `'"=1`, "'=1": "''=1", `" =1"`: `'" =1"`, "“=1”": "'“=1”", " \t=1": " \t'=1",
		// in wide and small characters
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x", " ＝1": "' ＝1", "﹦1": "'﹦1",
		// behind what separates cells elsewhere
		"x;=1": "x;'=1", "x; =1": "x;' =1", "x;\t=1": "x;\t'=1", "a\n=1": "a\n'=1", "a\r\n@x": "a\r\n'@x", "x\t+1": "x\t'+1", ";;=1": ";;'=1", "x;5": "x;5",
		// and what is not to be seen goes
		"\x00=1": "'=1", "a\x1bb": "ab", "\u202e=1": "'=1", "abc\u202edef\u2066": "abcdef", "\x0b=1": "'=1", "\x85=1": "\ufffd=1",
	} {
		if got := Cell(cell); got != want {
			t.Errorf("%q becomes %q, not %q", cell, got, want)
		}
	}
	if got := Cell(strings.Repeat("é", 50_000)); len([]rune(got)) > 32_767 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d characters in a cell", len([]rune(got)))
	}
}

// Whatever is in a cell, no part of it begins a formula, and what was harmless is as it was.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"=1", "a;=1", "\t\"=", " ＝", "-1.5", "A-17"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Cell(s)
		if number.MatchString(got) {
			return
		}
		for _, part := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
			if r := []rune(strings.TrimLeft(part, " \u00a0\u3000\"")); len(r) > 0 && strings.ContainsRune("=+-@＝＋－＠", r[0]) {
				t.Errorf("%q becomes %q, where %q is a formula", s, got, part)
			}
		}
		if again := Cell(got); !strings.ContainsAny(got, "'") && again != got {
			t.Errorf("%q becomes %q, and then %q", s, got, again)
		}
	})
}
