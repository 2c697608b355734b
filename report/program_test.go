package report_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"linecheck/report"
	"linecheck/report/strict"
)

func TestWhatIsAskedOfTheProgramIsWellFormed(t *testing.T) {
	const link = "https://jobs.example/linecheck"
	for _, c := range []struct {
		version, link string
		ok            bool
	}{
		{"1.4.0", link, true},
		{"0.0.0-0", link, true},
		{"2.0.0-rc.1", "https://[2001:db8::1]:8443/a%20b?os=linux#newest", true},
		{"", link, false},
		{"1", link, false},
		{"1.4", link, false},
		{"v1.4.0", link, false},
		{"01.4.0", link, false},
		{"1.4.0-01", link, false},
		{"1.4.0+dirty", link, false},
		{"1.4.0 ", link, false},
		{"1.4.0\n", link, false},
		{"latest", link, false},
		{"1.4.0-" + strings.Repeat("a", report.MaxVersion-6), link, true},
		{"1.4.0-" + strings.Repeat("a", report.MaxVersion-5), link, false},
		{"1.4.0", "", false},
		{"1.4.0", "https://", false},
		{"1.4.0", "https:///linecheck", false},
		{"1.4.0", "https://:443/", false},
		{"1.4.0", "http://jobs.example/", false},
		{"1.4.0", "HTTPS://jobs.example/", false},
		{"1.4.0", "javascript:alert(1)", false},
		{"1.4.0", "file:///bin/sh", false},
		{"1.4.0", "jobs.example", false},
		{"1.4.0", " https://jobs.example/", false},
		{"1.4.0", "https://jobs.example/a b", false},
		{"1.4.0", "https://jobs.example/\x1b[2J", false},
		{"1.4.0", "https://jobs.example/\u202egpj.exe", false},
		{"1.4.0", "https://jöbs.example/", false},
		{"1.4.0", "https://jobs.example@evil.example/", false},
		{"1.4.0", `https://evil.example\@jobs.example/`, false},
		{"1.4.0", `https://jobs.example/"x"`, false},
		{"1.4.0", "https://jobs.example/%zz", false},
		{"1.4.0", "https://jobs.example/" + strings.Repeat("a", report.MaxLink-21), true},
		{"1.4.0", "https://jobs.example/" + strings.Repeat("a", report.MaxLink-20), false},
	} {
		err := report.NeededProgram{AtLeast: c.version, Link: c.link}.WellFormed()
		if (err == nil) != c.ok || err != nil && !errors.Is(err, report.ErrNeeded) {
			t.Errorf("%.80q, %.80q: %v", c.version, c.link, err)
		}
	}
}

func TestWhichProgramWillDo(t *testing.T) {
	for _, c := range []struct {
		atLeast, version string
		ok               bool
	}{
		{"1.4.0", "v1.4.0", true},
		{"1.4.0", "1.4.0", true},
		{"1.4.0", "v1.4.0+dirty", true},
		{"1.4.0", "v1.10.0", true},
		{"1.4.0", "v1.3.9", false},
		{"1.4.0", "v1.4.0-rc.1", false},
		{"1.4.0-rc.1", "v1.4.0", true},
		// What Go gives a build between two versions is newer than the first and older than the second.
		{"1.4.0", "v1.4.1-0.20261126110431-195300e5f0a9", true},
		{"1.4.1", "v1.4.1-0.20261126110431-195300e5f0a9", false},
		{"0.0.1", "v0.0.0-20261126110431-195300e5f0a9+dirty", false},
		{"0.0.0-0", "v0.0.0-20261126110431-195300e5f0a9+dirty", true},
		// A build that carries no version of its own.
		{"0.1.0", "0.1.0-dev", false},
		{"1.4.0", "0.1.0-dev", false},
		{"0.0.0-0", "", false},
		{"0.0.0-0", "(devel)", false},
	} {
		if got := (report.NeededProgram{AtLeast: c.atLeast}).Accepts(c.version); got != c.ok {
			t.Errorf("%s asked for, %q is there: %v", c.atLeast, c.version, got)
		}
	}
}

// An invite that asks nothing of the program is spelled as it was before it could.
func TestTheSpellingOfInvites(t *testing.T) {
	const before = `{"id":"","nonce":"","tenant":"","origin":"","applicant":"","role":"","region":"",` +
		`"issued":"0001-01-01T00:00:00Z","not_before":"0001-01-01T00:00:00Z","not_after":"0001-01-01T00:00:00Z","runs":0,"legal_name":false,"policy":""}`
	asks := strings.Replace(before, `"policy"`, `"program":{"at_least":"1.4.0","link":"https://jobs.example/"},"policy"`, 1)
	for text, want := range map[string]*report.NeededProgram{before: nil, asks: {AtLeast: "1.4.0", Link: "https://jobs.example/"}} {
		var inv report.Invite
		if err := strict.Decode([]byte(text), 1000, &inv); err != nil {
			t.Fatal(err)
		}
		if (inv.Program == nil) != (want == nil) || want != nil && *inv.Program != *want {
			t.Errorf("%+v", inv.Program)
		}
		if again, err := strict.Encode(inv); err != nil || string(again) != text {
			t.Errorf("%v\n%s\nbecame\n%s", err, text, again)
		}
	}
	for _, wrong := range []string{`null`, `"1.4.0"`, `{"at_least":"1.4.0","link":"https://jobs.example/","sha256":"00"}`, `{"At_Least":"1.4.0","link":"https://jobs.example/"}`} {
		var inv report.Invite
		if err := strict.Decode([]byte(strings.Replace(before, `"policy"`, `"program":`+wrong+`,"policy"`, 1)), 1000, &inv); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

// Whatever is taken can be shown, opened, and met by a program of just that version.
func FuzzNeededProgram(f *testing.F) {
	f.Add("1.4.0", "https://jobs.example/linecheck")
	f.Add("2.0.0-rc.1", "https://[2001:db8::1]:8443/a%20b?os=linux#newest")
	f.Add("1.4.0+dirty", `https://evil.example\@jobs.example/`)
	f.Fuzz(func(t *testing.T, version, link string) {
		n := report.NeededProgram{AtLeast: version, Link: link}
		if n.WellFormed() != nil {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q is taken for a link", link)
		}
		if !n.Accepts(version) || !n.Accepts("v"+version+"+dirty") || strings.ContainsFunc(version, unicode.IsControl) {
			t.Errorf("%q is taken for a version", version)
		}
	})
}
