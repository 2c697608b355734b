package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// longestText bounds a text by which rows are found, in bytes: two of them fit into an entry of PostgreSQL's indexes.
const longestText = 1000

// valid is a text that strangers wrote, as both databases keep it: PostgreSQL takes neither NUL nor what is not UTF-8.
func valid(s string) string {
	const odd = "\ufffd"
	return strings.ReplaceAll(strings.ToValidUTF8(s, odd), "\x00", odd)
}

// storable is a valid text by which rows are found, so that nothing authentic is refused for its spelling. Of one
// that is too long the beginning is kept, and what tells it from others.
func storable(s string) string {
	s = valid(s)
	if len(s) <= longestText {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	end := " sha256:" + hex.EncodeToString(sum[:])
	return strings.ToValidUTF8(s[:longestText-len(end)], "") + end
}

// beyond is greater than every stored text that begins with s, and smaller than those after them.
func beyond(s string) string {
	return s + strings.Repeat(string(unicode.MaxRune), longestText/4+1)
}
