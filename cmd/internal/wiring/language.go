package wiring

import (
	"io/fs"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"linecheck/assets"
)

// spokenDigits are the digits in the first of the system's languages that they are
// spoken in; in English where none is.
func spokenDigits() (fs.FS, error) {
	there, err := assets.DigitLanguages()
	if err != nil {
		return nil, err
	}
	wanted, err := locale.GetLocales()
	if err != nil {
		wanted = nil // a system that names no language
	}
	return assets.Digits(nearest(there, wanted))
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
