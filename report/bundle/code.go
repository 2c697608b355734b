package bundle

import (
	"encoding/hex"
	"strings"

	"linecheck/report/crockford"
)

// codeLength is how many characters a look-up code has, without its hyphen.
const codeLength = 10

// Code is the short look-up code of a report: the first 50 bits of its hex
// SHA-256, as two groups of five characters. It finds a report and proves nothing.
func Code(digest string) string {
	b, err := hex.DecodeString(digest)
	if err != nil || len(b) < 7 {
		return ""
	}
	text := crockford.Encode(b)
	return text[:5] + "-" + text[5:10]
}

// Digests are the first and the last hex SHA-256 that have a look-up code. The
// code may be typed as people type: small letters, spaces, O for 0, I and L for 1.
func Digests(code string) (first, last string, ok bool) {
	code = crockford.Plain(code)
	if len(code) != codeLength {
		return "", "", false
	}
	b, err := crockford.Decode(code + "000000")
	if err != nil {
		return "", "", false
	}
	// 50 bits: six bytes, and the two highest bits of the seventh.
	first = hex.EncodeToString(b[:7]) + strings.Repeat("0", 50)
	b[6] |= 0x3f
	return first, hex.EncodeToString(b[:7]) + strings.Repeat("f", 50), true
}
