package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"linecheck/assets"
)

// kept is the text that the programs carry.
func kept(t *testing.T) string {
	t.Helper()
	text, err := assets.Licences()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The text that the programs carry covers what is linked now.
func TestTheTextIsOfWhatIsLinked(t *testing.T) {
	p, err := places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	watch(t, p.root)
	now, err := collect(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	before := kept(t)
	if now == before {
		return
	}
	t.Errorf("%s is not what is linked; run: go run ./cmd/internal/licences", file)
	for _, l := range missing(now, before) {
		t.Log("is not in it yet:", l)
	}
	for _, l := range missing(before, now) {
		t.Log("should be there no more:", l)
	}
}

// missing are the lines of a text that another one does not have.
func missing(of, in string) (lines []string) {
	there := map[string]bool{}
	for l := range strings.Lines(in) {
		there[l] = true
	}
	for l := range strings.Lines(of) {
		if !there[l] && len(lines) < 20 {
			lines = append(lines, strings.TrimSpace(l))
		}
	}
	return lines
}

// watch looks into every folder of ours. What the go command reads go test does not see, and
// it would go on giving an answer that it has kept; what the test itself reads it does.
func watch(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"bin", "dist", "demo"}, d.Name())) {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What everybody knows to be linked or embedded is there, and what only tests need is not.
func TestWhatIsCovered(t *testing.T) {
	text := kept(t)
	for _, want := range []string{
		"\nfyne.io/fyne/v2 v", "glfw/LICENSE.md\n", "Camilla Löwy", "\ngithub.com/pion/webrtc/v3 v", "\nGo standard library, PATENTS\n", "\nPortAudio 19.6.0\n", "Ross Bencina", "\nmingw-w64 10.0.0\n", "\nlibgcc 12.2.0\n", "\nNSIS 3.08\n", "SQLite Is Public Domain",
		"\nNoto Sans, ", "\nDroid Sans Fallback ", "\nLinecheck\n", "\nLinecheck: ", "\ngithub.com/go-ole/go-ole v", "\ngithub.com/rymdport/portal v", "\ngithub.com/shoenig/go-m1cpu v", "THIRD_PARTY_LICENSES/Cephes-LICENSE",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text", want)
		}
	}
	for _, no := range []string{"\ngithub.com/chromedp/", "\ngo.uber.org/goleak", "\ngithub.com/getkin/", "\ngithub.com/google/go-cmp", "\t", "\r", " \n", "\ufeff"} {
		if strings.Contains(text, no) {
			t.Errorf("%q is in the text", no)
		}
	}
	if !utf8.ValidString(text) || !strings.HasSuffix(text, "\n") || len(text) < 200_000 {
		t.Errorf("%d bytes, UTF-8: %v", len(text), utf8.ValidString(text))
	}
}

// Every licence that lies beside what is embedded is in the text, and every font has one.
func TestWhatIsEmbeddedIsCovered(t *testing.T) {
	const fonts = "../../../assets/fonts"
	text := kept(t)
	entries, err := os.ReadDir(fonts)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, isFont := strings.CutSuffix(e.Name(), ".ttf")
		switch {
		case licenceFile(e.Name()):
			data, err := os.ReadFile(filepath.Join(fonts, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(text, plain(string(data))) {
				t.Errorf("%s is not in the text", e.Name())
			}
		case isFont: // as "NotoSansArabic-Regular": the family stands in the text in words
			family, _, _ := strings.Cut(name, "-")
			family = regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(strings.TrimSuffix(family, "Full"), "$1 $2")
			if !strings.Contains(text, family) {
				t.Errorf("%s is not in the text", family)
			}
		}
	}
}

// tree makes a module with files; those of Go are empty packages.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("text of "+f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Where licences are looked for in a module: in its folder, in linked packages and on the way to
// them, and where code lies that is not Go; not in packages that are not linked, nor in test data.
func TestWhereLicencesAre(t *testing.T) {
	dir := tree(t, "LICENSE", "NOTICE.txt", "a.go", "notice_response.go", "linked/b/COPYING", "linked/b/b.go", "linked/UNLICENSE", "linked/b/cee/src/LICENCE.md", "linked/b/cee/src/x.c",
		"third_party_licenses/Some-LICENSE", "other/LICENSE", "other/o.go", "testdata/LICENSE", ".github/LICENSE", "linked/b/fonts/LICENSE_Font.txt", "linked/b/fonts/README", "PATENTS")
	m := &module{name: "example.org/m", version: "v1.0.0", dir: dir, packages: map[string]bool{filepath.Join(dir, "linked", "b"): true}}
	w, err := m.work()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range w.texts {
		got = append(got, x.file)
		if x.text != "text of "+x.file {
			t.Errorf("%s: %q", x.file, x.text)
		}
	}
	want := []string{"LICENSE", "NOTICE.txt", "PATENTS", "linked/UNLICENSE", "linked/b/COPYING", "linked/b/cee/src/LICENCE.md", "linked/b/fonts/LICENSE_Font.txt", "third_party_licenses/Some-LICENSE"}
	if !slices.Equal(got, want) || w.name != "example.org/m v1.0.0" {
		t.Errorf("%s: %q", w.name, got)
	}
}

// A module without a licence stops everything, and all such modules are named.
func TestAModuleWithoutALicence(t *testing.T) {
	var modules []*module
	for i, files := range [][]string{{"README", "a.go"}, {"LICENSE"}, {"other/LICENSE", "other/o.go", "a.go"}} {
		dir := tree(t, files...)
		modules = append(modules, &module{name: fmt.Sprint("example.org/m", i), version: "v1.2.3", dir: dir, packages: map[string]bool{dir: true}})
	}
	_, err := licensed(modules)
	if err == nil || !strings.HasSuffix(err.Error(), ":\n  example.org/m0 v1.2.3\n  example.org/m2 v1.2.3") {
		t.Errorf("%v", err)
	}
}

// What go list says is counted by module: neither our own, nor the standard library.
func TestTakingPackages(t *testing.T) {
	all := map[string]*module{}
	list := `{"Dir":"/go/fmt","Standard":true}
		{"Dir":"/m/a/x","Module":{"Path":"a.org/a","Version":"v1.0.0","Dir":"/m/a"}}
		{"Dir":"/m/a/y","Module":{"Path":"a.org/a","Version":"v1.0.0","Dir":"/m/a"}}
		{"Dir":"/w","Module":{"Path":"linecheck","Main":true,"Dir":"/w"}}`
	if err := take(all, []byte(list)); err != nil {
		t.Fatal(err)
	}
	if m := all["a.org/a"]; len(all) != 1 || m.dir != filepath.Clean("/m/a") || m.version != "v1.0.0" || len(m.packages) != 2 {
		t.Errorf("%+v", all)
	}
	if take(all, []byte("{")) == nil {
		t.Error("half an answer is taken")
	}
}

// Each text stands once, by the first of the names that it covers, whatever order they came in.
func TestRendering(t *testing.T) {
	works := []work{
		{"zeta v1", []text{{"LICENSE", "\ufeffSame\r\nwords \r\n\r\n"}}},
		{"Beta v2", []text{{"LICENSE", "\n\nSame\nwords"}, {"NOTICE", "Note\tof\xe9"}}},
		{"alpha v3", []text{{"LICENSE", "Other\n"}}},
	}
	rule, line := strings.Repeat("=", columns), strings.Repeat("-", columns)
	want := head + "\n" + rule + "\nalpha v3\n" + line + "\n\nOther\n" +
		"\n" + rule + "\nBeta v2, LICENSE\nzeta v1\n" + line + "\n\nSame\nwords\n" +
		"\n" + rule + "\nBeta v2, NOTICE\n" + line + "\n\nNote    ofé\n"
	if got := render(works); got != want {
		t.Errorf("%s", got)
	}
	slices.Reverse(works)
	if got := render(works); got != want {
		t.Errorf("in another order:\n%s", got)
	}
}
