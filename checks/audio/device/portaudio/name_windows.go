package portaudio

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/windows"
)

// fromCodePage reads a text in the system's code page; what has no letter in it is shown as such.
func fromCodePage(text string) string {
	const ansi = 0 // CP_ACP
	if text == "" {
		return ""
	}
	raw := []byte(text)
	wide := make([]uint16, len(raw)) // no code page makes more letters than bytes
	n, err := windows.MultiByteToWideChar(ansi, 0, &raw[0], int32(len(raw)), &wide[0], int32(len(wide)))
	if err != nil {
		return strings.ToValidUTF8(text, string(utf8.RuneError))
	}
	return windows.UTF16ToString(wide[:n])
}
