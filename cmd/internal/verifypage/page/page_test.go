package page_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"linecheck/assets"
	"linecheck/cmd/internal/verifypage/page"
	"linecheck/report/advice"
)

func english(t *testing.T) *advice.Catalogue {
	t.Helper()
	text, err := assets.Locale("en")
	if err != nil {
		t.Fatal(err)
	}
	c, err := advice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestThePageIsOneFile(t *testing.T) {
	parts := page.Parts{Verifier: bytes.Repeat([]byte("wasm"), 1000), Runtime: []byte("globalThis.Go = 1 < 2 && '&amp;';"), Licences: "Copyright <Somebody> & others"}
	made, err := page.Make(parts, english(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := page.Make(parts, english(t))
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("the same parts give another page: %v", err)
	}
	text := string(made)
	if !strings.Contains(text, "<script>"+string(parts.Runtime)+"</script>") {
		t.Error("the runtime's script was changed on the way into the page")
	}
	if !strings.Contains(text, parts.Licences) {
		t.Error("the page holds no licences")
	}
	for _, outside := range []string{" src=", "href=", "url(", "@import", "style=", "onclick", "innerHTML", "localStorage", "eval("} {
		if strings.Contains(text, outside) {
			t.Errorf("the page holds %q", outside)
		}
	}
	if n := len(regexp.MustCompile(`sha256-[A-Za-z0-9+/&#;]+=`).FindAllString(text, -1)); n != 3 {
		t.Errorf("the policy names %d digests, want two scripts and a style", n)
	}
}

// Every word that the page asks for is in the catalogue.
func TestThePageHasItsWords(t *testing.T) {
	words := english(t)
	bare := &advice.Catalogue{Language: "en", Names: map[string]string{}}
	made, err := page.Make(page.Parts{}, bare)
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`page\.[a-z]+(?:[.-][a-z-]+)*`).FindAllString(string(made), -1)
	if len(asked) < 20 {
		t.Errorf("only %d words were found: the test looks in the wrong place", len(asked))
	}
	for _, key := range asked {
		if key = strings.TrimSuffix(key, "-"); strings.HasSuffix(key, ".waiting") || strings.HasPrefix(key, "page.waiting") {
			continue // put together by the script
		}
		if _, ok := words.Names[key]; !ok {
			t.Errorf("%s has no text", key)
		}
	}
}

// A word with markup stays a word.
func TestWordsAreEscaped(t *testing.T) {
	words := &advice.Catalogue{Language: `"><b>`, Names: map[string]string{"page.title": "</title><script>x</script>", "page.busy": "</script><b>"}}
	made, err := page.Make(page.Parts{}, words)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(made), "<script>x") || strings.Contains(string(made), "<b>") {
		t.Error("a word came in as markup")
	}
}
