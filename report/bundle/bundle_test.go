package bundle_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
)

func sample(t testing.TB) bundle.Bundle {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e, err := envelope.Seal(k, report.ReportType, []envelope.Subject{}, report.Report{SessionKey: k.Public().ID(), Evidence: []report.Evidence{}})
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{e}, Report: e, Invite: &e}
}

func TestCoatsAreEqual(t *testing.T) {
	b := sample(t)
	plain, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Armour()
	if err != nil {
		t.Fatal(err)
	}
	mailed := strings.ReplaceAll(string(text), "\n", "\r\n")
	for name, data := range map[string][]byte{"json": plain, "text": text, "text with mail's line ends": []byte(mailed), "text without the last line end": text[:len(text)-1]} {
		got, err := bundle.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !cmp.Equal(got, b) {
			t.Errorf("%s differs: %s", name, cmp.Diff(got, b))
		}
	}
}

func TestParseRefuses(t *testing.T) {
	b := sample(t)
	plain, _ := b.JSON()
	armour, _ := b.Armour()
	text := string(armour)
	for name, data := range map[string]string{
		"nothing":           "",
		"prose":             "Dear recruiter, here is my report.",
		"another schema":    strings.Replace(string(plain), "bundle/1", "bundle/2", 1),
		"text before":       "hello\n" + text,
		"text after":        text + "hello\n",
		"cut off":           text[:len(text)/2],
		"a line too long":   strings.Replace(text, "\n", "\n ", 2),
		"lines joined":      strings.Replace(text, "\n", "", 2),
		"not base64":        strings.Replace(text, "e", "*", 1),
		"array":             "[" + string(plain) + "]",
		"trailing object":   string(plain) + "{}",
		"larger than a MiB": strings.Replace(string(plain), "{", "{"+strings.Repeat(" ", bundle.MaxSize), 1),
		"larger than 5 MiB": strings.Repeat("x", bundle.MaxCoat+1),
	} {
		if _, err := bundle.Parse([]byte(data)); !errors.Is(err, bundle.ErrCoat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := b
	many.Observations = make([]envelope.Envelope, 33)
	data, err := many.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Parse(data); !errors.Is(err, bundle.ErrCoat) {
		t.Errorf("33 observations: %v", err)
	}
}

// Whatever is read can be written in both coats and read again as the same.
func FuzzParse(f *testing.F) {
	b := sample(f)
	plain, _ := b.JSON()
	text, _ := b.Armour()
	f.Add(plain)
	f.Add(text)
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := bundle.Parse(data)
		if err != nil {
			return
		}
		text, err := got.Armour()
		if err != nil {
			t.Fatal(err)
		}
		again, err := bundle.Parse(text)
		if err != nil || !cmp.Equal(got, again) {
			t.Fatalf("%v\n%s", err, cmp.Diff(got, again))
		}
	})
}
