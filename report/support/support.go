// Package support is the bundle for IT support: a zip of what the program knows about
// a trouble, with a manifest that names each file by its digest and says what was
// hidden. Facts are classed where they are recorded, and what is private or secret
// is gone before a byte is written. It also opens such bundles, and reports without
// their keys, as far as they can be read: nothing of that is verified, and says so.
// What is collected, and who may see it, does not come in here.
package support

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"linecheck/report"
)

// Schema names the manifest of a bundle.
const Schema = "linecheck.support/2"

// ManifestName is the manifest's file.
const ManifestName = "manifest.json"

// Manifest lists what is in a bundle and what was hidden.
type Manifest struct {
	Schema  string         `json:"schema"`
	Made    time.Time      `json:"made"`
	Program report.Program `json:"program"`
	// Case is the short code that ties the bundle to a report, as people say it on the
	// telephone: the report's look-up code, [bundle.Code]; one of its own where there is none.
	Case string `json:"case"`
	// Report is the hex SHA-256 of the report that the bundle belongs to; absent where there is none.
	Report string `json:"report,omitzero"`
	// Files are the bundle's other files, by name.
	Files []File `json:"files"`
	// Hidden says what was left out or replaced, and how often.
	Hidden []Hidden `json:"hidden"`
}

// File is one file of a bundle.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

// Hidden is one kind of thing that was kept out of a bundle.
type Hidden struct {
	// What it is, as a key of the message catalogue after "hidden.": "address", "name".
	What string `json:"what"`
	// How: "replaced" by pseudonyms, or "left-out".
	How string `json:"how"`
	// Count is how many different ones there were; 0 where they were not even read.
	Count int `json:"count,omitzero"`
}

// How something is hidden.
const (
	Replaced = "replaced"
	LeftOut  = "left-out"
)

// Class says who may see a fact.
type Class int

// The classes. A fact without one is a secret: whoever records it has to say otherwise.
const (
	Secret  Class = iota // leaves the computer in no form, as keys and passwords
	Private              // leaves it as a pseudonym, as addresses and names
	Public               // as it is, as versions
)

// Fact is something that was seen on the computer, with who may see it.
type Fact struct {
	// Key names it, as "network.interface.eth0.address".
	Key string
	// Value is one line.
	Value string
	Class Class
	// What kind of thing a private or secret value is, as "address"; see [Hidden].
	What string
}

// Hider replaces what is private, the same value always by the same pseudonym.
type Hider struct {
	key  []byte
	seen map[string]map[string]string // by kind: value to pseudonym
	left map[string]int
}

// NewHider makes pseudonyms with a key that stays on the computer: with the same key
// two bundles have the same ones, so that they can be compared.
func NewHider(key []byte) *Hider {
	return &Hider{key: key, seen: map[string]map[string]string{}, left: map[string]int{}}
}

// Fact is a fact's value as it may leave the computer. ok is false for a secret.
func (h *Hider) Fact(f Fact) (value string, ok bool) {
	switch {
	case f.Class == Public:
		return h.Text(f.Value), true
	case f.Class == Private:
		return h.pseudonym(f.What, f.Value), true
	}
	h.left[f.What]++
	return "", false
}

// Know makes a value private wherever it stands, as the name of this computer.
func (h *Hider) Know(what, value string) {
	if len(value) > 2 { // shorter ones stand in every word
		h.pseudonym(what, value)
	}
}

// LeaveOut notes that a kind of thing is in no file.
func (h *Hider) LeaveOut(what string) {
	if _, known := h.left[what]; !known {
		h.left[what] = 0
	}
}

// pseudonym stands for a value: its kind and eight hex digits of its HMAC.
func (h *Hider) pseudonym(what, value string) string {
	if value == "" {
		return ""
	}
	if h.seen[what] == nil {
		h.seen[what] = map[string]string{}
	}
	p, known := h.seen[what][value]
	if !known {
		mac := hmac.New(sha256.New, h.key)
		mac.Write([]byte(what + "\x00" + value))
		p = "(" + what + " " + hex.EncodeToString(mac.Sum(nil)[:4]) + ")"
		h.seen[what][value] = p
	}
	return p
}

// Hidden is what was hidden so far, by kind.
func (h *Hider) Hidden() []Hidden {
	list := []Hidden{}
	for what, values := range h.seen {
		list = append(list, Hidden{what, Replaced, len(values)})
	}
	for what, n := range h.left {
		list = append(list, Hidden{what, LeftOut, n})
	}
	slices.SortFunc(list, func(a, b Hidden) int { return strings.Compare(a.How+a.What, b.How+b.What) })
	return list
}
