package portaudio

import "unicode/utf8"

// readable is a device's name in UTF-8. Windows' older interfaces give names in the
// system's code page, which is another where the program's manifest is not heeded.
func readable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	return fromCodePage(name)
}
