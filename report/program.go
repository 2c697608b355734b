package report

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/mod/semver"
)

// The bounds of what an invite says of the program, in bytes.
const (
	MaxVersion = 64
	MaxLink    = 400
)

// NeededProgram is what an invite asks of the program that acts upon it.
type NeededProgram struct {
	// AtLeast is the oldest version that will do, as "1.4.0": a semantic version without build metadata.
	AtLeast string `json:"at_least"`
	// Link is the https address where that version can be had.
	Link string `json:"link"`
}

// ErrNeeded: what an invite asks of the program does not hold together.
var ErrNeeded = errors.New("what it asks of the program does not hold together")

// WellFormed says whether version and link are spelled as the format asks.
func (n NeededProgram) WellFormed() error {
	switch {
	case !IsVersion(n.AtLeast):
		return fmt.Errorf("%w: version %.40q", ErrNeeded, n.AtLeast)
	case !IsLink(n.Link):
		return fmt.Errorf("%w: link %.80q", ErrNeeded, n.Link)
	}
	return nil
}

// Accepts says whether a program of that version will do. It is compared by the
// rules of semantic versions, so that build metadata, as "+dirty", counts nothing.
// What is no version is older than any.
func (n NeededProgram) Accepts(version string) bool {
	return semver.Compare("v"+strings.TrimPrefix(version, "v"), "v"+n.AtLeast) >= 0
}

// IsVersion says whether s is a whole semantic version without build metadata, as "1.4.0" or "2.0.0-rc.1".
func IsVersion(s string) bool {
	return s != "" && len(s) <= MaxVersion && semver.Canonical("v"+s) == "v"+s
}

// IsLink says whether s is an https address in its one spelling: visible characters of
// ASCII only, and no user in front of the host, so that it looks like what it leads to.
func IsLink(s string) bool {
	if len(s) > MaxLink || !strings.HasPrefix(s, "https://") || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Hostname() != "" && u.User == nil && u.String() == s
}
