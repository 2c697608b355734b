package advice_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"linecheck/assets"
	"linecheck/report/advice"
)

// languages are those of the table.
func languages(t *testing.T) (codes []string) {
	t.Helper()
	text, err := assets.Languages()
	if err != nil {
		t.Fatal(err)
	}
	table, err := advice.ParseLanguages(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range table {
		if l.Name == "" {
			t.Errorf("%s has no name", l.Code)
		}
		codes = append(codes, l.Code)
	}
	return codes
}

func catalogue(t *testing.T, code string) *advice.Catalogue {
	t.Helper()
	text, err := assets.Locale(code)
	if err != nil {
		t.Fatal(err)
	}
	c, err := advice.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	if c.Tag() != code {
		t.Errorf("the catalogue of %s says that it is %s", code, c.Tag())
	}
	return c
}

var (
	blank  = regexp.MustCompile(`\{[a-z-]+\}`)
	plural = regexp.MustCompile(`\.(zero|one|two|few|many)$`)
)

func blanks(s string) []string { return slices.Sorted(slices.Values(blank.FindAllString(s, -1))) }

// Every catalogue is complete: each text of the English one, with the same blanks and
// lines, and none that the English one has not, but for plural forms and units.
func TestEveryLanguageIsComplete(t *testing.T) {
	en := catalogue(t, "en")
	for _, code := range languages(t) {
		c := catalogue(t, code)
		same := func(where, want, got string) {
			switch {
			case strings.TrimSpace(got) == "" && want != "":
				t.Errorf("%s: %s is empty", code, where)
			case !slices.Equal(blanks(want), blanks(got)):
				t.Errorf("%s: %s has the blanks %v, not %v", code, where, blanks(got), blanks(want))
			case strings.Count(want, "\n") != strings.Count(got, "\n"):
				t.Errorf("%s: %s has other lines", code, where)
			}
		}
		for key, want := range en.Names {
			got, ok := c.Names[key]
			if !ok {
				t.Errorf("%s: %s is missing", code, key)
			}
			same(key, want, got)
		}
		for key := range c.Names {
			_, known := en.Names[key]
			if unit := key == "kB" || key == "MB" || key == "GB"; !known && !unit && en.Names[plural.ReplaceAllString(key, ".other")] == "" {
				t.Errorf("%s: nobody asks for %s", code, key)
			}
		}
		if got, want := slices.Sorted(maps.Keys(c.Codes)), slices.Sorted(maps.Keys(en.Codes)); !slices.Equal(got, want) {
			t.Errorf("%s: other codes than in English", code)
		}
		for key, want := range en.Codes {
			got := c.Codes[key]
			same(key+" title", want.Title, got.Title)
			same(key+" why", want.Why, got.Why)
			same(key+" action", want.Action, got.Action)
			same(key+" worked", want.Worked, got.Worked)
		}
	}
}

// The decimal sign is the one that the Unicode project has collected for the language,
// and what is read aloud is the sentence that was announced.
func TestLanguagesAreRight(t *testing.T) {
	for _, code := range languages(t) {
		c := catalogue(t, code)
		tag := language.Make(code)
		want := strings.Trim(message.NewPrinter(tag).Sprint(number.Decimal(1.5)), "15")
		if got := c.Name("format.decimal"); got != want {
			t.Errorf("%s: the decimal sign is %q, not %q", code, got, want)
		}
		read := strings.Trim(c.Name("gui.checks.read"), "\"“”„«»「」\u00a0 ")
		if ready := c.Name("ask.audio.microphone.ready.text"); len(read) < 60 || !strings.Contains(ready, read) {
			t.Errorf("%s: %q is not what was announced", code, read)
		}
		if promise, agree := c.Name("gui.review.promise"), c.Name("gui.agree"); !strings.Contains(promise, agree) {
			t.Errorf("%s: the promise %q does not name the button %q", code, promise, agree)
		}
	}
}
