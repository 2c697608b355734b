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
		"VERSION_ID_LIKE=3\nID_LIKE=debian\nID=mint\nnonsense": {"mint", ""},
	} {
		if r := osRelease(text); r.id != want[0] || r.version != want[1] {
			t.Errorf("%.40q: %+v, want %q", text, r, want)
		}
	}
}

func FuzzOSRelease(f *testing.F) {
	f.Add("ID=debian\nVERSION_ID=\"12\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if r := osRelease(text); strings.ContainsAny(r.id+r.version, "\n") {
			t.Errorf("%+v", r)
		}
	})
}
