package exchange_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"linecheck/report/exchange"
)

// A code can be typed as people type, and nothing else is taken for one.
func TestCodesOfInvites(t *testing.T) {
	code, err := exchange.NewInviteCode(rand.Reader)
	if err != nil || len(code) != 26 {
		t.Fatal(code, err)
	}
	typed := exchange.InviteAddress("https://Jobs.example:8443/", code)
	if strings.Count(typed, "-") != 4 {
		t.Errorf("%q", typed)
	}
	loose := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(typed, "-", " "), "0", "o"))
	for _, text := range []string{typed, " " + typed + "\n", "https://" + typed, loose, strings.Replace(typed, "/", "/i/", 1), strings.ReplaceAll(typed, "1", "l"), exchange.ShortLink("https://Jobs.example:8443/", code, "")} {
		origin, got, pin, ok := exchange.ParseInviteAddress(text)
		if !ok || pin != "" || got != code || origin != "https://jobs.example:8443" {
			t.Errorf("%q is read as %q at %q, %v", text, got, origin, ok)
		}
	}
	want := "sha256:" + strings.Repeat("0f", 32)
	link := exchange.ShortLink("https://jobs.example", code, want)
	if _, got, pin, ok := exchange.ParseInviteAddress(link); !ok || got != code || pin != want || len(link) > 2048 {
		t.Errorf("%q is read as %q with the pin %q, %v", link, got, pin, ok)
	}
	for _, text := range []string{link + "00", link[:len(link)-1], strings.Replace(link, "linecheck:", "https:", 1), "", code, "jobs.example", "jobs.example/", "jobs.example/" + code[1:], "jobs.example/" + code + "0", "http://jobs.example/" + code, "linecheck://invite/" + code, "linecheck://" + code, "linecheck:jobs.example/" + code,
		"/home/me/invite.json", "https://me:pw@jobs.example/" + code, "jobs.example/" + strings.Repeat("U", 26), strings.Repeat("x", 500) + "/" + code} {
		if origin, got, _, ok := exchange.ParseInviteAddress(text); ok {
			t.Errorf("%q is read as %q at %q", text, got, origin)
		}
	}
	if exchange.CodeDigest(code) == exchange.CodeDigest(code[1:]+"0") || len(exchange.CodeDigest(code)) != 64 {
		t.Error("digests")
	}
	if _, err := exchange.NewInviteCode(strings.NewReader("short")); err == nil {
		t.Error("a code of too little chance")
	}
}

// Whatever is typed, reading it ends, and what is read is a code.
func FuzzParseInviteAddress(f *testing.F) {
	f.Add("jobs.example/7K2QF-9XWPA-7K2QF-9XWPA-7K2QF0")
	f.Add("linecheck://jobs.example/i/7K2QF9XWPA7K2QF9XWPA7K2QF0/pin/" + strings.Repeat("0f", 32))
	f.Add("https://jobs.example/i/7k2qf 9xwpa 7k2qf 9xwpa 7k2qfo")
	f.Fuzz(func(t *testing.T, text string) {
		origin, code, pin, ok := exchange.ParseInviteAddress(text)
		if !ok {
			return
		}
		if o, c, p, ok := exchange.ParseInviteAddress(exchange.ShortLink(origin, code, pin)); !ok || o != origin || c != code || p != pin {
			t.Errorf("%q with the pin %q becomes %q at %q with the pin %q", text, pin, c, o, p)
		}
		if o, c, _, ok := exchange.ParseInviteAddress(exchange.InviteAddress(origin, code)); !ok || o != origin || c != code {
			t.Errorf("%q is read as %q at %q, and that as %q at %q", text, code, origin, c, o)
		}
		if _, err := exchange.ParseOrigin(origin); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
