package macos

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"testing"
)

// plist reads a property list: a dictionary of strings, truths, lists and dictionaries.
func plist(t *testing.T, path string) map[string]any {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := list{xml.NewDecoder(f)}
	root, err := d.start()
	if err != nil || root.Name.Local != "plist" {
		t.Fatalf("%s is no property list: %v", path, err)
	}
	value, _, err := d.value()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if _, more, err := d.value(); more || err != nil {
		t.Fatalf("%s has more than one value: %v", path, err)
	}
	if _, err := d.start(); !errors.Is(err, io.EOF) {
		t.Fatalf("%s goes on after its end: %v", path, err)
	}
	dict, ok := value.(map[string]any)
	if !ok {
		t.Fatalf("%s holds no dictionary", path)
	}
	return dict
}

type list struct{ *xml.Decoder }

var errValue = errors.New("not a value of a property list")

// start is the next beginning of an element; io.EOF where there is none.
func (d list) start() (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if s, ok := token.(xml.StartElement); ok {
			return s, nil
		}
	}
}

// value is the next value; more is false where the surrounding one ends.
func (d list) value() (value any, more bool, err error) {
	for {
		token, err := d.Token()
		if err != nil {
			return nil, false, err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil, false, nil
		case xml.StartElement:
			value, err := d.of(token)
			return value, true, err
		}
	}
}

func (d list) of(s xml.StartElement) (any, error) {
	switch s.Name.Local {
	case "string":
		var text string
		err := d.DecodeElement(&text, &s)
		return text, err
	case "true", "false":
		return s.Name.Local == "true", d.Skip()
	case "array":
		all := []any{}
		for {
			v, more, err := d.value()
			if err != nil || !more {
				return all, err
			}
			all = append(all, v)
		}
	case "dict":
		return d.dict()
	default:
		return nil, errValue
	}
}

func (d list) dict() (map[string]any, error) {
	all := map[string]any{}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return all, nil
		case xml.StartElement:
			var key string
			if token.Name.Local != "key" {
				return nil, errValue
			}
			if err := d.DecodeElement(&key, &token); err != nil {
				return nil, err
			}
			v, more, err := d.value()
			if _, twice := all[key]; err != nil || !more || twice {
				return nil, errors.Join(errValue, err)
			}
			all[key] = v
		}
	}
}
