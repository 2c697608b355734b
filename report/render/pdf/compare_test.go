package pdf_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/report/bundle"
	"linecheck/report/render/pdf"
	"linecheck/report/verify"
)

// judge verifies a file as the programs do.
func judge(t testing.TB, data []byte, organisation string) verify.Result {
	t.Helper()
	v := view(t)
	return verify.Bundle(data, trust(t, organisation), verify.Options{At: noon().Add(time.Hour), Pages: func(file []byte, b bundle.Bundle, organisation string) (string, error) {
		v.Organisation = organisation
		return pdf.Compare(file, b, v)
	}})
}

const organisation = "Example Support Ltd"

// last is the step about the pages.
func last(r verify.Result) verify.Step { return r.Steps[len(r.Steps)-1] }

func TestAnUnchangedFile(t *testing.T) {
	for name, x := range cases(t) {
		r := judge(t, draw(t, x), organisation)
		if !r.Authentic || last(r).Name != "pages" || !strings.Contains(last(r).Detail, "byte for byte") {
			t.Errorf("%s: %+v", name, r.Steps)
		}
	}
	if r := judge(t, draw(t, goodTale(t)), "Renamed Ltd"); !r.Authentic || !strings.Contains(last(r).Detail, organisation) {
		t.Errorf("after a change of name: %+v", last(r))
	}
}

// No bit of a file can be changed, wherever it stands.
func TestEveryFlippedBit(t *testing.T) {
	good := draw(t, goodTale(t).set("internet.upload.mbps", 0.5))
	n := 60
	if testing.Short() {
		n = 15
	}
	random := rand.New(rand.NewPCG(1, 2))
	end := bytes.LastIndex(good, []byte("%linecheck-pages"))
	for i := range n {
		at := random.IntN(len(good))
		if i%4 == 0 { // the last line, the most delicate place
			at = end + random.IntN(len(good)-end)
		}
		bad := bytes.Clone(good)
		bad[at] ^= 1 << random.IntN(8)
		if r := judge(t, bad, organisation); r.Authentic {
			t.Errorf("byte %d of %d changed: accepted: %+v", at, len(good), last(r))
		}
	}
}

func TestAlteredFiles(t *testing.T) {
	x := goodTale(t).set("internet.upload.mbps", 0.5)
	good := draw(t, x)
	v := view(t)
	better, err := pdf.Render(goodTale(t).tell(t), v)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"something added":      append(bytes.Clone(good), "\n1 0 obj\n<< >>\nendobj\n"...),
		"a line end added":     append(bytes.Clone(good), '\n'),
		"the last line gone":   good[:bytes.LastIndex(good, []byte("%linecheck-pages"))],
		"cut off":              good[:len(good)-1000],
		"last line of another": append(bytes.Clone(good[:len(good)-65]), better[len(better)-65:]...),
	} {
		if r := judge(t, bad, organisation); r.Authentic {
			t.Errorf("%s: accepted: %+v", name, last(r))
		}
	}
}

// Pages of a better report around a worse one, with a last line that fits.
func TestForgedPages(t *testing.T) {
	v := view(t)
	x := goodTale(t).set("internet.upload.mbps", 0.5)
	forged := v
	words := *v.Words
	names := map[string]string{}
	for k, n := range words.Names {
		names[k] = n
	}
	names["pdf.verdict.not-ready"] = "Ready"
	words.Names = names
	forged.Words = &words
	data, err := pdf.Render(x.tell(t), forged)
	if err != nil {
		t.Fatal(err)
	}
	// Honest about its layout, it is only another version's; the pages are not vouched for.
	if r := judge(t, data, organisation); !r.Authentic || !strings.Contains(last(r).Detail, "only the attachment counts") {
		t.Errorf("%+v", last(r))
	}
	// Lying about its layout, it is found out.
	lied := pdf.Resign(bytes.Replace(data, []byte(forged.Layout()), []byte(v.Layout()), 1))
	if _, err := pdf.Compare(lied, x.tell(t), v); !errors.Is(err, pdf.ErrPages) {
		t.Errorf("%v", err)
	}
}

// A copy that another program saved again counts by its attachment, and says so.
func TestSavedAgain(t *testing.T) {
	x := goodTale(t)
	in := file(t, draw(t, x))
	for name, args := range map[string][]string{
		"qpdf": {"qpdf", in, "OUT"}, "qpdf, object streams": {"qpdf", "--object-streams=generate", in, "OUT"}, "qpdf, linearized": {"qpdf", "--linearize", in, "OUT"},
		"qpdf, readable": {"qpdf", "--qdf", in, "OUT"}, "qpdf, packed anew": {"qpdf", "--recompress-flate", "--compression-level=9", in, "OUT"}, "pdfunite": {"pdfunite", in, in, "OUT"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.pdf")
			args[len(args)-1] = out
			run(t, args[0], args[1:]...)
			data, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if name == "pdfunite" { // poppler leaves attachments out
				if _, err := bundle.Parse(data); !errors.Is(err, bundle.ErrCoat) {
					t.Error(err)
				}
				return
			}
			got, err := bundle.Parse(data)
			if err != nil || !cmp.Equal(got, x.tell(t)) {
				t.Fatalf("%v", err)
			}
			if r := judge(t, data, organisation); !r.Authentic || !strings.Contains(last(r).Detail, "saved again") {
				t.Errorf("%+v", last(r))
			}
		})
	}
}

// Other programs find the attachment, byte for byte, and the words on the pages.
func TestOtherProgramsReadIt(t *testing.T) {
	for name, x := range cases(t) {
		in := file(t, draw(t, x))
		plain, err := x.tell(t).JSON()
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), pdf.AttachmentName)
		run(t, "pdfdetach", "-save", "1", "-o", out, in)
		got, err := os.ReadFile(out)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: what pdfdetach takes out differs: %v", name, err)
		}
		run(t, "qpdf", "--check", in)
		text := strings.Join(strings.Fields(run(t, "pdftotext", "-layout", in, "-")), " ")
		text = strings.NewReplacer("\u202b", "", "\u202c", "", "\u202a", "").Replace(text)
		want := map[string]string{"ready": "Jane Alexandra Doe", "not-ready": "Not ready", "inconclusive": "Could not be decided", "warnings": "Ready, with warnings", "hindi": "श्रीमती प्रियंका कृष्णमूर्ति",
			"arabic": "محمد بن عبد الله", "chinese": "欧阳娜娜", "cyrillic": "Александра Ивановна Щербакова", "no-receipt": "not confirmed by the server yet"}[name]
		for _, w := range []string{want, "Page 1 of", "This page is a picture of the report.", "Advice for IT support"} {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q", name, w)
			}
		}
	}
}

func BenchmarkRender(b *testing.B) {
	v, bundle := view(b), goodTale(b).tell(b)
	for b.Loop() {
		if _, err := pdf.Render(bundle, v); err != nil {
			b.Fatal(err)
		}
	}
}
