package answer_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/assets"
	"linecheck/cmd/internal/verifypage/answer"
	"linecheck/cmd/internal/verifypage/internal/sample"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/render"
	"linecheck/report/verify"
)

func english(t testing.TB) *advice.Catalogue {
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

func plain(t testing.TB, b bundle.Bundle) []byte {
	t.Helper()
	data, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func later() time.Time { return sample.Noon().Add(time.Hour) }

// The verifier's own result is in the answer, untouched, and the words beside it are the terminal's.
func TestTheSameAsInTheTerminal(t *testing.T) {
	x, words := sample.NewTenant(t, "Example"), english(t)
	weak := sample.Good()
	weak.Cores, weak.Unmeasured = 1, true
	for name, r := range map[string]sample.Report{"good": sample.Good(), "weak": weak} {
		data, trust := plain(t, x.Seal(t, r)), x.Trust(t)
		got := answer.For(data, trust, float64(later().UnixMilli()), words)
		e, err := envelope.Parse(trust)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := verify.OpenTrust(e)
		if err != nil {
			t.Fatal(err)
		}
		want := verify.Bundle(data, tr, verify.Options{At: later()})
		if diff := cmp.Diff(want, got.Result); diff != "" {
			t.Errorf("%s: another result than report/verify:\n%s", name, diff)
		}
		var b strings.Builder
		if err := render.Verification(&b, "f", want, words, 0); err != nil {
			t.Fatal(err)
		}
		terminal := strings.Join(strings.Fields(b.String()), " ")
		for _, text := range texts(got.Shown) {
			if text != "" && !strings.Contains(terminal, strings.Join(strings.Fields(text), " ")) {
				t.Errorf("%s: %q is not what the terminal says:\n%s", name, text, b.String())
			}
		}
	}
}

// texts are those that the terminal has too.
func texts(s answer.Shown) []string {
	list := append([]string{s.Headline}, s.Head...)
	for _, p := range s.Steps {
		list = append(list, strings.TrimSpace(p.Status+" "+p.Name+" "+p.Detail))
	}
	for _, r := range s.Rows {
		list = append(list, strings.Join(r.Cells, " "))
	}
	for _, f := range s.Findings {
		list = append(list, f.Severity+" "+f.Title)
		list = append(list, f.Lines...)
		for _, x := range f.Facts {
			list = append(list, x.Name+": "+x.Text)
		}
	}
	return list
}

func TestTones(t *testing.T) {
	x, stranger, words := sample.NewTenant(t, "Example"), sample.NewTenant(t, "Stranger"), english(t)
	few, slow, open := sample.Good(), sample.Good(), sample.Good()
	few.Cores, slow.Download, open.Unmeasured = 2, 3, true
	for _, c := range []struct {
		name    string
		data    []byte
		at      time.Time
		tone    answer.Tone
		failing string
	}{
		{"ready", plain(t, x.Seal(t, sample.Good())), later(), answer.Good, ""},
		{"warnings", plain(t, x.Seal(t, few)), later(), answer.Warn, ""},
		{"not ready", plain(t, x.Seal(t, slow)), later(), answer.Bad, ""},
		{"inconclusive", plain(t, x.Seal(t, open)), later(), answer.Open, ""},
		{"foreign", plain(t, stranger.Seal(t, sample.Good())), later(), answer.Stop, "invite"},
		{"expired", plain(t, x.Seal(t, sample.Good())), later().AddDate(0, 4, 0), answer.Stop, "time"},
		{"prose", []byte("Dear recruiter"), later(), answer.Stop, "file"},
		{"empty", nil, later(), answer.Stop, "file"},
	} {
		a := answer.For(c.data, x.Trust(t), float64(c.at.UnixMilli()), words)
		if a.Problem != "" || a.Shown.Tone != c.tone || a.Shown.Meaning == "" {
			t.Errorf("%s: %q %s %q", c.name, a.Problem, a.Shown.Tone, a.Shown.Meaning)
		}
		failing := ""
		for _, s := range a.Shown.Steps {
			if s.Tone == answer.Bad {
				failing = s.Name
			}
		}
		if failing != c.failing {
			t.Errorf("%s: %q failed, want %q", c.name, failing, c.failing)
		}
		if c.tone == answer.Stop && (len(a.Shown.Rows) != 0 || len(a.Shown.Findings) != 0 || len(a.Shown.Facts) != 2) {
			t.Errorf("%s: what is not authentic is shown: %+v", c.name, a.Shown)
		}
	}
}

// Whatever comes in, an answer with one line comes out, and it is JSON.
func TestItNeverFails(t *testing.T) {
	x, words := sample.NewTenant(t, "Example"), english(t)
	good, trust, at := plain(t, x.Seal(t, sample.Good())), x.Trust(t), float64(later().UnixMilli())
	deep := []byte(strings.Repeat(`{"a":`, 10000))
	for name, a := range map[string]answer.Answer{
		"no trust file":        answer.For(good, nil, at, words),
		"a report as trust":    answer.For(good, good, at, words),
		"prose as trust":       answer.For(good, []byte("\x1b[31mprose\n"), at, words),
		"100 kB deep as trust": answer.For(good, deep, at, words),
		"no time":              answer.For(good, trust, math.NaN(), words),
		"endless time":         answer.For(good, trust, math.Inf(1), words),
		"before all time":      answer.For(good, trust, -1, words),
		"after all time":       answer.For(good, trust, 1e17, words),
		"without words":        answer.Problem("x", &advice.Catalogue{}),
	} {
		if a.Problem == "" || strings.ContainsAny(a.Problem, "\n\x1b") || a.Authentic || len(a.Steps) != 0 || a.Shown.Meaning != a.Problem {
			t.Errorf("%s: %q %+v", name, a.Problem, a.Shown)
		}
		valid(t, name, a)
	}
	for name, data := range map[string][]byte{"deep": deep, "large": make([]byte, bundle.MaxCoat+1), "zeros": make([]byte, 1000), "cut": good[:len(good)/2], "twice": append(bytes.Clone(good), good...)} {
		a := answer.For(data, trust, at, words)
		if a.Authentic || a.Shown.Tone != answer.Stop {
			t.Errorf("%s: %+v", name, a.Shown)
		}
		valid(t, name, a)
	}
}

// valid: the page's script finds an array where it walks over one.
func valid(t *testing.T, name string, a answer.Answer) {
	t.Helper()
	var v struct{ Shown map[string]any }
	if err := json.Unmarshal([]byte(a.JSON()), &v); err != nil {
		t.Errorf("%s: %v: %s", name, err, a.JSON())
	}
	for _, key := range []string{"facts", "steps", "head", "rows", "findings"} {
		if _, ok := v.Shown[key].([]any); !ok {
			t.Errorf("%s: %s is %T", name, key, v.Shown[key])
		}
	}
}

// A stranger's text cannot turn a line around, and is otherwise left as it is.
func TestStrangersTexts(t *testing.T) {
	r := sample.Good()
	r.Applicant, r.Signature = "<b>A\u202e17", "<script>\u202e[2J"
	x := sample.NewTenant(t, "Ex\u2066ample")
	a := answer.For(plain(t, x.Seal(t, r)), x.Trust(t), float64(later().UnixMilli()), english(t))
	if !a.Authentic {
		t.Fatalf("%+v", a.Steps)
	}
	said := map[string]string{}
	for _, f := range a.Shown.Facts {
		said[f.Name] = f.Text
	}
	if said["Applicant"] != "<b>A17" || said["Signed as"] != "<script>[2J" || said["Trust file of"] != "Example" {
		t.Errorf("%q", said)
	}
	for _, text := range texts(a.Shown) {
		if text != render.Clean(text) {
			t.Errorf("%q", text)
		}
	}
}
