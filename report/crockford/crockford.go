// Package crockford writes and reads codes that people type: Douglas Crockford's base32,
// which leaves out what is mistaken for something else. What a code stands for, and how long
// it is, does not come in here.
package crockford

import (
	"encoding/base32"
	"strings"
)

// Digits are the characters of a code.
const Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func encoding() *base32.Encoding { return base32.NewEncoding(Digits).WithPadding(base32.NoPadding) }

// Encode writes bytes, eight characters for five of them.
func Encode(b []byte) string { return encoding().EncodeToString(b) }

// Decode reads what [Encode] wrote. It returns an error for any other character or length.
func Decode(code string) ([]byte, error) { return encoding().DecodeString(code) }

// Plain is a code as [Encode] writes it, from what people type: small letters, spaces and
// hyphens, O for 0, I and L for 1. Whatever else was typed stays.
func Plain(typed string) string {
	return strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
}
