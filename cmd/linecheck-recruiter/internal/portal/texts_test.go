package portal_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linecheck/assets"
)

// Every text is used somewhere, and every text that is used is there.
func TestTexts(t *testing.T) {
	data, err := assets.Web("portal/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	read := func(pattern string) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	read("*.go")
	read("../../../../assets/web/portal/*.html")
	source := all.String()
	composed := regexp.MustCompile(`(?:print )?"([a-z-]+\.)" `).FindAllStringSubmatch(source, -1)
	for key := range texts {
		family := key[:strings.IndexByte(key, '.')+1]
		used := strings.Contains(source, `"`+key+`"`) || slices.ContainsFunc(composed, func(m []string) bool { return m[1] == family }) ||
			family == "done." && strings.Contains(source, `"`+strings.TrimPrefix(key, "done.")+`"`) || family == "observed." || family == "decision."
		if !used {
			t.Errorf("%q is used nowhere", key)
		}
	}
	for _, m := range regexp.MustCompile(`(?:\{\{t |say\(|bad\(|problem\([a-z, A-Z.]*)"([a-z-]+\.[a-z.-]+)"`).FindAllStringSubmatch(source, -1) {
		if texts[m[1]] == "" {
			t.Errorf("%q is missing", m[1])
		}
	}
}

// A page's names of files are those that are embedded.
func TestEveryTemplateIsAPage(t *testing.T) {
	n := 0
	err := fs.WalkDir(os.DirFS("../../../../assets/web/portal"), ".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".html") && path != "frame.html" {
			n++
			source, readErr := os.ReadFile("page.go")
			if readErr != nil || !strings.Contains(string(source), `"`+strings.TrimSuffix(path, ".html")+`"`) {
				t.Errorf("%s is no page (%v)", path, readErr)
			}
		}
		return err
	})
	if err != nil || n < 15 {
		t.Errorf("%d templates (%v)", n, err)
	}
}
