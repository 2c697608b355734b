package portaudio

import (
	"testing"
	"unicode/utf8"
)

func TestNamesAreReadable(t *testing.T) {
	for _, name := range []string{"USB Headset", "Auriculares Se\u00f1al BT", "Kopfh\u00f6rer-\u041d\u0430\u0443\u0448\u043d\u0438\u043a\u0438", ""} {
		if got := readable(name); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
	if got := readable("Kopfh\xf6rer"); !utf8.ValidString(got) || len([]rune(got)) != len("Kopfhorer") || got[:5] != "Kopfh" {
		t.Errorf("%q", got)
	}
}
