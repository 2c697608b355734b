// Package words is what the server says to applicants in their own language: which languages
// there are, which of them somebody reads, and texts with their blanks filled. What is said when is
// decided elsewhere; pages for recruiters do not come in here.
package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"linecheck/assets"
	"linecheck/report/advice"
)

// Languages are those that there are texts in; English comes first.
func Languages() ([]advice.Language, error) {
	text, err := assets.Languages()
	if err != nil {
		return nil, err
	}
	return advice.ParseLanguages(text)
}

// Words are the texts of all languages. Its methods may be called from any goroutine.
type Words struct {
	languages  []advice.Language
	catalogues map[string]*advice.Catalogue
	matcher    language.Matcher
}

// Load reads the texts.
func Load() (*Words, error) {
	all, err := Languages()
	if err != nil {
		return nil, err
	}
	w := &Words{languages: all, catalogues: map[string]*advice.Catalogue{}}
	var tags []language.Tag
	for _, l := range all {
		text, err := assets.Locale(l.Code)
		if err != nil {
			return nil, err
		}
		if w.catalogues[l.Code], err = advice.Parse(text); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Code, err)
		}
		tags = append(tags, language.Make(l.Code))
	}
	w.matcher = language.NewMatcher(tags)
	return w, nil
}

// Languages are those that there are texts in; English comes first.
func (w *Words) Languages() []advice.Language { return slices.Clone(w.languages) }

// In is what is said in a language, by its code; English where there are no texts in it.
func (w *Words) In(code string) Speaker {
	c := w.catalogues[code]
	if c == nil {
		c = w.catalogues[w.languages[0].Code]
	}
	return Speaker{c}
}

// Best is the code of the language that suits best: the first of the exact codes that there
// are texts in, else what fits an Accept-Language header, else English.
func (w *Words) Best(accept string, exact ...string) string {
	for _, code := range exact {
		if w.catalogues[code] != nil {
			return code
		}
	}
	const longest = 500 // a browser sends less
	if len(accept) > longest {
		accept = ""
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		wanted = nil
	}
	_, i, sure := w.matcher.Match(wanted...)
	if sure == language.No {
		i = 0
	}
	return w.languages[i].Code
}

// Speaker says things in one language.
type Speaker struct{ texts *advice.Catalogue }

// Code is the language's, as "pt".
func (s Speaker) Code() string { return s.texts.Tag() }

// Word is the text of that key; the key itself where there is none.
func (s Speaker) Word(key string) string { return s.texts.Name(key) }

// Has says whether there is a text of that key.
func (s Speaker) Has(key string) bool { _, ok := s.texts.Names[key]; return ok }

// Say is a text with its blanks filled, which are given in pairs of name and value.
func (s Speaker) Say(key string, pairs ...string) string {
	filled := slices.Clone(pairs)
	for i := 0; i < len(filled); i += 2 {
		filled[i] = "{" + filled[i] + "}"
	}
	return strings.NewReplacer(filled...).Replace(s.Word(key))
}

// Moment is a time as people write it, in UTC: whose clock somebody lives by is not known here.
func (s Speaker) Moment(t time.Time) string {
	t = t.UTC()
	return s.Say("format.date", "day", strconv.Itoa(t.Day()), "month", s.Word("month."+strconv.Itoa(int(t.Month()))),
		"year", strconv.Itoa(t.Year()), "time", t.Format("15:04")) + " UTC"
}
