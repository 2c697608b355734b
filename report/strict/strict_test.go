package strict_test

import (
	"strings"
	"testing"

	"linecheck/report/strict"
)

type inner struct {
	A int    `json:"a"`
	B string `json:"b"`
}

type outer struct {
	Name  string         `json:"name"`
	List  []inner        `json:"list"`
	Words map[string]int `json:"words"`
}

func TestDecodeTakesTheOneSpelling(t *testing.T) {
	var v outer
	if err := strict.Decode([]byte(`{"name":"x","list":[{"a":1,"b":"c"}],"words":{"k":2}}`), 1000, &v); err != nil {
		t.Fatal(err)
	}
	if v.Name != "x" || len(v.List) != 1 || v.List[0].A != 1 || v.Words["k"] != 2 {
		t.Errorf("read %+v", v)
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("[", 10000) + strings.Repeat("]", 10000)
	for name, text := range map[string]string{
		"duplicate member":    `{"name":"x","name":"y"}`,
		"duplicate map key":   `{"words":{"k":1,"k":2}}`,
		"escaped duplicate":   `{"name":"x","n\u0061me":"y"}`,
		"unknown member":      `{"name":"x","extra":1}`,
		"other case":          `{"Name":"x"}`,
		"null for a string":   `{"name":null}`,
		"null for a list":     `{"list":null}`,
		"null in a map":       `{"words":{"k":null}}`,
		"trailing value":      `{"name":"x"} {}`,
		"trailing bytes":      `{"name":"x"}x`,
		"byte order mark":     "\ufeff{\"name\":\"x\"}",
		"invalid UTF-8":       "{\"name\":\"\xff\"}",
		"lone surrogate":      `{"name":"\ud800"}`,
		"exponent for an int": `{"list":[{"a":1e2,"b":""}]}`,
		"too large an int":    `{"list":[{"a":1e400,"b":""}]}`,
		"nested deep":         `{"list":` + deep + `}`,
		"nothing":             ``,
		"only spaces":         `   `,
		"cut off":             `{"name":"x"`,
		"too long":            `{"name":"` + strings.Repeat("x", 1000) + `"}`,
		"comment":             `{"name":"x"/**/}`,
		"single quotes":       `{'name':'x'}`,
		"control character":   "{\"name\":\"a\x01b\"}",
	} {
		v := outer{Name: "before"}
		if err := strict.Decode([]byte(text), 1000, &v); err == nil {
			t.Errorf("%s was accepted: %+v", name, v)
		}
		if v.Name != "before" || v.List != nil || v.Words != nil {
			t.Errorf("%s left %+v behind", name, v)
		}
	}
}

// What is accepted is spelled by us the same way again, whatever it was.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"x","list":[{"a":1,"b":"c"}],"words":{"k":2}}`))
	f.Add([]byte(`{"words":{"":0}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v outer
		if strict.Decode(data, 4096, &v) != nil {
			return
		}
		once, err := strict.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		var w outer
		if err := strict.Decode(once, 8192, &w); err != nil {
			t.Fatalf("our own %s is refused: %v", once, err)
		}
		twice, err := strict.Encode(w)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%s became %s (%v)", once, twice, err)
		}
	})
}
