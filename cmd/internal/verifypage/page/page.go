// Package page puts verify.html together: markup, style, script and the
// verifier in one file that needs no server and no network. It verifies
// nothing; every word of it is from the message catalogue.
package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/strict"
)

//go:embed page.html style.css page.js
var files embed.FS

// Parts are what is built elsewhere.
type Parts struct {
	// Verifier is the compiled verifier, WebAssembly.
	Verifier []byte
	// Runtime is Go's own script that runs it in a browser; of the same Go release.
	Runtime []byte
	// Licences are the texts of all that is in the page; they stand in its source.
	Licences string
}

// Make is the whole page. The same parts and words give the same bytes.
func Make(p Parts, words *advice.Catalogue) ([]byte, error) {
	markup, style, script, err := sources()
	if err != nil {
		return nil, err
	}
	packed, err := pack(p.Verifier)
	if err != nil {
		return nil, err
	}
	said, err := spoken(words)
	if err != nil {
		return nil, err
	}
	t, err := template.New("page").Funcs(template.FuncMap{"word": words.Name}).Parse(markup)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	// What the template takes as it is was made here or comes with Go; the catalogue's words are escaped.
	err = t.Execute(&out, map[string]any{
		"Language": words.Language,
		"Policy":   contentPolicy(style, string(p.Runtime), script),
		"Style":    element("style", "", style),
		"Runtime":  element("script", "", string(p.Runtime)),
		"Script":   element("script", "", script),
		"Words":    element("script", ` type="application/json" id="words"`, said),
		"Licences": element("script", ` type="text/plain" id="licences"`, p.Licences),
		"Verifier": element("script", ` type="application/octet-stream" id="verifier"`, packed),
	})
	return out.Bytes(), err
}

func sources() (markup, style, script string, err error) {
	texts := make([]string, 0, 3)
	for _, name := range []string{"page.html", "style.css", "page.js"} {
		text, err := files.ReadFile(name)
		if err != nil {
			return "", "", "", err
		}
		texts = append(texts, string(text))
	}
	return texts[0], texts[1], texts[2], nil
}

// element is an element whose text stands in the page byte for byte, as its digest in the policy needs it.
func element(name, attributes, text string) template.HTML {
	if strings.Contains(strings.ToLower(text), "</"+name) {
		panic("a part of the page ends its own element") // a part was changed carelessly
	}
	return template.HTML("<" + name + attributes + ">" + text + "</" + name + ">")
}

// contentPolicy lets just these texts run, and nothing be loaded from or sent to anywhere.
func contentPolicy(style string, scripts ...string) string {
	run := []string{}
	for _, s := range scripts {
		run = append(run, digest(s))
	}
	return "default-src 'none'; script-src " + strings.Join(run, " ") + " 'wasm-unsafe-eval'; style-src " + digest(style) +
		"; connect-src 'none'; img-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pack is gzip in base64.
func pack(data []byte) (string, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(data); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// spoken are the words that the script itself says, as JSON, and the largest file it reads.
func spoken(words *advice.Catalogue) (string, error) {
	said := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(words.Names)) {
		if strings.HasPrefix(key, "page.") {
			said[key] = words.Names[key]
		}
	}
	text, err := strict.Encode(struct {
		Limit int               `json:"limit"`
		Words map[string]string `json:"words"`
	}{bundle.MaxCoat, said})
	if err != nil {
		return "", fmt.Errorf("the page's words: %w", err)
	}
	return strings.ReplaceAll(string(text), "<", `\u003c`), nil
}
