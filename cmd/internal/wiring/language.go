package wiring

import (
	"io/fs"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"linecheck/assets"
	"linecheck/report/advice"
)

// Languages are those that texts are there in.
func Languages() ([]advice.Language, error) {
	text, err := assets.Languages()
	if err != nil {
		return nil, err
	}
	return advice.ParseLanguages(text)
}

// Messages are the texts in a language, by its code; where that is empty or there are
// none in it, in the first of the system's languages that there are; else in English.
func Messages(language string) (*advice.Catalogue, error) {
	all, err := Languages()
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, l := range all {
		codes = append(codes, l.Code)
	}
	text, err := assets.Locale(nearest(codes, wanted(language)))
	if err != nil {
		return nil, err
	}
	return advice.Parse(text)
}

// wanted are the languages that the person reads, the best first.
func wanted(language string) []string {
	if language != "" {
		return []string{language}
	}
	all, err := locale.GetLocales()
	if err != nil {
		return nil // a system that names no language
	}
	return all
}

// spokenDigits are the digits spoken in a language, chosen as for [Messages].
func spokenDigits(language string) (fs.FS, error) {
	there, err := assets.DigitLanguages()
	if err != nil {
		return nil, err
	}
	return assets.Digits(nearest(there, wanted(language)))
}

// nearest is the language of those there are that suits best one of the wanted ones, which are in order.
func nearest(there, wanted []string) string {
	const otherwise = "en"
	var tags []language.Tag
	for _, l := range append([]string{otherwise}, there...) {
		tags = append(tags, language.Make(l))
	}
	m := language.NewMatcher(tags)
	var asked []language.Tag
	for _, l := range wanted {
		asked = append(asked, language.Make(l))
	}
	if _, i, sure := m.Match(asked...); sure > language.No && i > 0 {
		return there[i-1]
	}
	return otherwise
}
