package machine

import (
	"strings"
	"testing"
)

func TestOSRelease(t *testing.T) {
	for text, want := range map[string][2]string{
		"ID=debian\nVERSION_ID=\"12\"\nNAME=x\n":    {"debian", "12"},
		"# comment\n ID='ubuntu'\nVERSION_ID=24.04": {"ubuntu", "24.04"},
		"NAME=arch\nID=arch\n":                      {"arch", ""},
		"":                                          {"", ""},
		strings.Repeat("x", 1<<17) + "\nID=late\n":             {"", ""},
		"VERSION_ID_LIKE=3\nID_LIKE=debian\nID=mint\nnonsense": {"mint", ""},
	} {
		if id, version := osRelease(strings.NewReader(text)); id != want[0] || version != want[1] {
			t.Errorf("%.40q: %q %q, want %q", text, id, version, want)
		}
	}
}

func FuzzOSRelease(f *testing.F) {
	f.Add("ID=debian\nVERSION_ID=\"12\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		id, version := osRelease(strings.NewReader(text))
		if strings.ContainsAny(id+version, "\n") {
			t.Errorf("%q %q", id, version)
		}
	})
}
