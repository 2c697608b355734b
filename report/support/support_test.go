package support_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"linecheck/report"
	rbundle "linecheck/report/bundle"
	"linecheck/report/support"
)

func TestHider(t *testing.T) {
	h := support.NewHider([]byte("key"))
	h.Know("name", "Anna")
	h.Know("name", "ab") // too short to be looked for
	h.Know("computer", "box-7.local")
	private := func(v string) string {
		p, ok := h.Fact(support.Fact{Value: v, Class: support.Private, What: "address"})
		if !ok {
			t.Fatalf("%s is left out", v)
		}
		return p
	}
	v4, v6 := private("192.0.2.7"), private("2001:db8::7")
	if v4 == v6 || v4 != private("192.0.2.7") {
		t.Errorf("pseudonyms %s and %s", v4, v6)
	}
	if _, ok := h.Fact(support.Fact{Value: "hunter2", Class: support.Secret, What: "password"}); ok {
		t.Error("a secret is told")
	}
	if _, ok := h.Fact(support.Fact{Value: "nobody classed it"}); ok {
		t.Error("what nobody classed is told")
	}
	for text, want := range map[string]string{
		"from 192.0.2.7:443 to 2001:db8::7":                    "from " + v4 + ":443 to " + v6,
		"at 12:34:56 and 12:34":                                "at 12:34:56 and 12:34",
		"127.0.0.1 and ::1 are everybody's":                    "127.0.0.1 and ::1 are everybody's",
		"Annabel is not Anna":                                  "Annabel is not " + must(h, "name", "Anna"),
		"box-7.local.":                                         must(h, "computer", "box-7.local") + ".",
		"aa:bb:cc:dd:ee:ff":                                    must(h, "hardware", "aa:bb:cc:dd:ee:ff"),
		"open linecheck://invite/abc now":                      "open (link) now",
		"POST https://x.example/v1/sessions/s3cret_T-oken/ice": "POST https://x.example(link)/ice",
		"mail a.b+c@mail.example, please":                      "mail " + must(h, "mail", "a.b+c@mail.example") + ", please",
	} {
		if got := h.Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if other := support.NewHider([]byte("another key")); other.Text("192.0.2.7") == v4 {
		t.Error("two computers have the same pseudonyms")
	}
	found := fmt.Sprint(h.Hidden())
	for _, want := range []string{"{password left-out 1}", "{name replaced 1}", "{link left-out 2}"} {
		if !strings.Contains(found, want) {
			t.Errorf("hidden: %s, want %s", found, want)
		}
	}
}

func must(h *support.Hider, what, value string) string {
	p, _ := h.Fact(support.Fact{Value: value, Class: support.Private, What: what})
	return p
}

func bundle(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	m := support.Manifest{Made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Program: report.Program{Name: "x"}, Hidden: []support.Hidden{}}
	if err := support.Write(&b, m, files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const evidence = `{"check":"network.path","revision":1,"started":"2026-01-02T03:04:05Z","elapsed_ms":5,"outcome":"measured","metrics":[],"facts":{"dns":"works"}}`

// A bundle is opened as far as it can be, whatever was done to it, and each damage is named.
func TestDamagedBundles(t *testing.T) {
	whole := bundle(t, map[string][]byte{"a.txt": []byte(strings.Repeat("a line\n", 900)), "evidence/x/network.path.json": []byte(evidence)})
	rebuilt := func(bend func(name string, text []byte) (string, []byte)) []byte {
		z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if _, err := text.ReadFrom(r); err != nil {
				t.Fatal(err)
			}
			name, data := bend(f.Name, text.Bytes())
			if name == "" {
				continue
			}
			out, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := out.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	swap := func(of, name, text string) []byte {
		return rebuilt(func(n string, data []byte) (string, []byte) {
			if n == of {
				return name, []byte(text)
			}
			return n, data
		})
	}
	for _, tt := range []struct {
		name  string
		data  []byte
		codes []string
		files int
	}{
		{"whole", whole, nil, 2},
		{"its end is missing", whole[:len(whole)-30], []string{support.CutOff}, 2},
		{"half of it is missing", whole[:len(whole)*6/10], []string{support.CutOff, support.CutOff, support.Altered}, 2},
		{"a file was altered", swap("a.txt", "a.txt", "b"), []string{support.Altered}, 2},
		{"a file was taken out", swap("a.txt", "", ""), []string{support.Missing}, 1},
		{"a file was put in", swap("a.txt", "b.txt", "x"), []string{support.Missing, support.Unlisted}, 2},
		{"no list", swap(support.ManifestName, "", ""), []string{support.NoList}, 2},
		{"a list of something else", swap(support.ManifestName, support.ManifestName, `{"schema":"x/1"}`), []string{support.OtherKind, support.Unlisted, support.Unlisted}, 2},
		{"a name that leads elsewhere", swap("a.txt", "../../etc/passwd", "x"), []string{support.Missing}, 1},
		{"bytes before it", append([]byte("hello"), whole...), nil, 2},
	} {
		o, err := support.Open(tt.data)
		var codes []string
		for _, x := range o.Troubles {
			codes = append(codes, x.Code)
		}
		if err != nil || fmt.Sprint(codes) != fmt.Sprint(tt.codes) || len(o.Files) != tt.files {
			t.Errorf("%s: %v, troubles %v, want %v; %d files", tt.name, err, o.Troubles, tt.codes, len(o.Files))
		}
	}
	for _, bad := range []string{"", "PK\x03\x04", "no zip at all", "PK\x05\x06" + strings.Repeat("\x00", 18)} {
		if _, err := support.Open([]byte(bad)); !errors.Is(err, support.ErrBundle) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A small file that unpacks to very much is read no further than the bound.
func TestBombs(t *testing.T) {
	o, err := support.Open(bundle(t, map[string][]byte{"bomb": make([]byte, 60<<20)}))
	if err != nil || len(o.Files["bomb"]) > 8<<20 || len(o.Troubles) == 0 || o.Troubles[0].Code != support.TooMuch {
		t.Errorf("%v: %d bytes, %v", err, len(o.Files["bomb"]), o.Troubles)
	}
}

// Evidence is found in bundles and in what a run printed; nothing of it passes for verified.
func TestLook(t *testing.T) {
	lines := `{"schema":"linecheck.event/1","type":"started","check":"network.path"}` + "\nnot json\n" +
		`{"schema":"linecheck.event/1","type":"finished","check":"network.path","evidence":` + evidence + "}\n"
	answer := `{"schema":"linecheck.event/1","type":"report","evidence":[` + evidence + `,{"check":"UPPER"}]}` + "\n"
	for name, data := range map[string][]byte{
		"lines": []byte(lines), "answer": []byte(answer), "bundle": bundle(t, map[string][]byte{"evidence/x/network.path.json": []byte(evidence)}),
	} {
		l, err := support.Look(data)
		if err != nil || len(l.Evidence) != 1 || l.Evidence[0].Facts["dns"] != "works" || l.Seal != support.SealNone {
			t.Errorf("%s: %v, %+v", name, err, l)
		}
	}
	for _, bad := range []string{"", "{}", `{"evidence":[]}`, "hello\n"} {
		if _, err := support.Look([]byte(bad)); !errors.Is(err, support.ErrNothing) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A report is as its key sealed it, or it says that it is not; its evidence can be read all the same.
func TestLookAtReports(t *testing.T) {
	whole, err := os.ReadFile("../testdata/good.json")
	if err != nil {
		t.Fatal(err)
	}
	l, err := support.Look(whole)
	if err != nil || l.Seal != support.SealWhole || len(l.Evidence) == 0 || l.Digest == "" {
		t.Fatalf("%v: seal %q, %d checks", err, l.Seal, len(l.Evidence))
	}
	altered, err := os.ReadFile("../testdata/a-laxer-policy-in-the-invite.json")
	if err != nil {
		t.Fatal(err)
	}
	if l, err := support.Look(altered); err != nil || l.Seal != support.SealWhole {
		t.Errorf("%v: the report itself is whole where another part is not: %q", err, l.Seal)
	}
	b, err := rbundle.Parse(whole)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(b.Report.Payload)
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(payload, []byte(`"elapsed_ms":`), []byte(`"elapsed_ms":1`), 1)
	b.Report.Payload = base64.StdEncoding.EncodeToString(forged)
	data, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := support.Look(data)
	if err != nil || got.Seal != support.SealBroken || len(got.Evidence) != len(l.Evidence) {
		t.Errorf("%v: a forged report: seal %q, %d checks", err, got.Seal, len(got.Evidence))
	}
}

func FuzzOpen(f *testing.F) {
	whole := bundle(f, map[string][]byte{"a.txt": []byte("text"), "evidence/x/network.path.json": []byte(evidence)})
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte(`{"evidence":` + evidence + `}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o, err := support.Open(data); err == nil {
			for name := range o.Files {
				if strings.Contains(name, "..") && strings.Contains("/"+name+"/", "/../") || strings.HasPrefix(name, "/") {
					t.Errorf("name %q", name)
				}
			}
		}
		if l, err := support.Look(data); err == nil {
			for _, e := range l.Evidence {
				if e.WellFormed() != nil {
					t.Error("evidence that does not hold together")
				}
			}
		}
	})
}
