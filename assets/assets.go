// Package assets holds the files that the programs carry inside them: policies,
// texts, fonts, web pages and licences. It is go:embed and nothing else: it imports nothing of ours, and
// what the files mean is for others to know.
package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
)

//go:embed policies locale languages.json systems.json
var files embed.FS

// The web pages stand alone, so that a program that serves none does not carry them.
//
//go:embed web
var web embed.FS

// The fonts stand alone, so that a program that draws nothing does not carry them.
//
//go:embed fonts/*.ttf
var fonts embed.FS

// The spoken digits stand alone, so that only programs that play them carry them.
//
//go:embed digits/*/*.flac
var digits embed.FS

// The icons stand alone, as the fonts do.
//
//go:embed icons
var icons embed.FS

// The licences stand alone, as the fonts do.
//
//go:embed licences.txt.gz
var licences embed.FS

// Policy is the text of a built-in policy, as "customer-service" (for invites)
// or "self-check" (without one).
func Policy(name string) ([]byte, error) { return fs.ReadFile(files, "policies/"+name+".json") }

// Locale is the message catalogue of a language, as "en".
func Locale(language string) ([]byte, error) { return fs.ReadFile(files, "locale/"+language+".json") }

// Languages is the table of the languages that have a message catalogue: code, what its
// speakers call it, and whether a native speaker has read the texts. English comes first.
func Languages() ([]byte, error) { return fs.ReadFile(files, "languages.json") }

// Systems is the table of operating systems and of how long their makers support them.
func Systems() ([]byte, error) { return fs.ReadFile(files, "systems.json") }

// Web is a template or style of the recruiter's pages, as "lookup.html".
func Web(name string) ([]byte, error) { return fs.ReadFile(web, "web/"+name) }

// Font is a font file, as "NotoSans-Regular". Where each comes from stands in fonts/README.md.
func Font(name string) ([]byte, error) { return fs.ReadFile(fonts, "fonts/"+name+".ttf") }

// Icon is a drawing of the window, as "headset.svg": 24 units square, its lines in
// currentColor; or the program's own, "linecheck.svg" and "linecheck.png".
func Icon(name string) ([]byte, error) { return fs.ReadFile(icons, "icons/"+name) }

// Licences is the text of the licences of all that the programs are made of. It is kept compressed.
func Licences() ([]byte, error) {
	packed, err := licences.ReadFile("licences.txt.gz")
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Digits are the files 0.flac to 9.flac, the digits spoken in a language, as "en".
func Digits(language string) (fs.FS, error) { return fs.Sub(digits, "digits/"+language) }

// DigitLanguages are the languages that digits are spoken in, in alphabetical order.
func DigitLanguages() ([]string, error) {
	entries, err := digits.ReadDir("digits")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all, nil
}
