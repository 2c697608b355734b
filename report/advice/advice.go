// Package advice says what a code means and what to do about it, in the
// reader's language: title, why it matters for calls, and the one thing to do.
// It only looks texts up and fills their blanks. What is wrong was decided
// before; whose language it is comes in from outside.
package advice

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"linecheck/report"
	"linecheck/report/strict"
)

// MaxSize bounds a message catalogue, in bytes.
const MaxSize = 1 << 20

// Advice is what a person reads about one finding.
type Advice struct {
	// Title says what is wrong, in a few words.
	Title string `json:"title"`
	// Why says what it does to a call.
	Why string `json:"why"`
	// Action is the one thing to do.
	Action string `json:"action"`
	// Worked says how to see that it helped; empty where running the check again shows it.
	Worked string `json:"worked,omitzero"`
}

// Catalogue holds the texts of one language.
type Catalogue struct {
	Schema   string `json:"schema"`
	Language string `json:"language"`
	// Names are what people call checks, metrics, stages, verdicts and the like, by key.
	Names map[string]string `json:"names"`
	// Codes are the texts of reasons and findings, by code. A code's family may be
	// "*": the texts of "*.dns" serve "internet.dns" and "webrtc.dns".
	Codes map[string]Advice `json:"codes"`
}

const schema = "linecheck.messages/1"

// ErrCatalogue: the bytes are no message catalogue.
var ErrCatalogue = errors.New("not a message catalogue")

// Parse reads a catalogue.
func Parse(data []byte) (*Catalogue, error) {
	var c Catalogue
	if err := strict.Decode(data, MaxSize, &c); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrCatalogue, err)
	}
	if c.Schema != schema {
		return nil, fmt.Errorf("%w: schema %.40q", ErrCatalogue, c.Schema)
	}
	return &c, nil
}

// Find is the advice for a code, without arguments filled in.
func (c *Catalogue) Find(code string) (Advice, bool) {
	if a, ok := c.Codes[code]; ok {
		return a, true
	}
	if _, rest, ok := strings.Cut(code, "."); ok {
		a, ok := c.Codes["*."+rest]
		return a, ok
	}
	return Advice{}, false
}

// List are all codes that have texts, sorted.
func (c *Catalogue) List() []string { return slices.Sorted(maps.Keys(c.Codes)) }

// For is the advice for a finding, with its blanks filled: by name, where an
// argument is a key that has one, or several with commas between. A code without
// texts is shown as it is rather than hidden.
func (c *Catalogue) For(f report.Finding) Advice {
	a, ok := c.Find(f.Code)
	if !ok {
		return Advice{Title: f.Code}
	}
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(f.Args)) {
		words := strings.Split(f.Args[k], ", ")
		for i, w := range words {
			words[i] = c.Name(w)
		}
		pairs = append(pairs, "{"+k+"}", strings.Join(words, ", "))
	}
	fill := strings.NewReplacer(pairs...)
	return Advice{Title: fill.Replace(a.Title), Why: fill.Replace(a.Why), Action: fill.Replace(a.Action), Worked: fill.Replace(a.Worked)}
}

// Tag is the language's code, as "pt".
func (c *Catalogue) Tag() string { return c.Language }

// Name is what people call the thing with that key; the key itself where it has no name.
func (c *Catalogue) Name(key string) string {
	if n, ok := c.Names[key]; ok {
		return n
	}
	return key
}
