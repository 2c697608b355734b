//go:build !windows

package portaudio

import (
	"strings"
	"unicode/utf8"
)

// fromCodePage shows what is no UTF-8 as such: these systems have no other code page.
func fromCodePage(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }
