package bundle_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/report/bundle"
)

// deflate packs data as PDF does.
func deflate(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// object is one stream object; more is put into its dictionary.
func object(n int, more string, data []byte) string {
	return fmt.Sprintf("%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n", n, more, len(data), data)
}

// file is a small PDF with an attachment of those objects.
func file(objects ...string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(readiness.json) 4 0 R] >> >> >>\nendobj\n" +
		"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n4 0 obj\n<< /Type /Filespec /F (readiness.json) /EF << /F 3 0 R >> >>\nendobj\n" +
		strings.Join(objects, "") + "trailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n0\n%%EOF\n")
}

const attached = "/Type /EmbeddedFile"

func TestPDFIsRead(t *testing.T) {
	b := sample(t)
	plain, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	packed := deflate(t, plain)
	noise := object(9, "", append([]byte("endobj 7 0 obj << /Type /EmbeddedFile >> stream\nx\nendstream "), bytes.Repeat([]byte("("), 999)...))
	for name, data := range map[string][]byte{
		"plain":             file(object(3, attached, plain)),
		"packed":            file(object(3, attached+" /Filter /FlateDecode", packed)),
		"packed, as a list": file(object(3, attached+" /Filter [ /FlateDecode ] /DecodeParms null", packed)),
		"escaped type":      file(object(3, "/Type /Embedded#46ile /Subtype /application#2Fjson", plain)),
		"other streams":     file(noise, object(3, attached, plain), noise),
		"length elsewhere":  []byte(strings.Replace(string(file(object(3, attached, plain), fmt.Sprintf("5 0 obj\n%d\nendobj\n", len(plain)))), fmt.Sprintf("/Length %d", len(plain)), "/Length 5 0 R", 1)),
		"with parameters":   file(object(3, attached+" /Params << /Size 12 /CheckSum <00ff> /ModDate (D:2026 \\) (x)) >> % comment >>\n", plain)),
	} {
		got, err := bundle.Parse(data)
		if err != nil || !cmp.Equal(got, b) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPDFIsRefused(t *testing.T) {
	b := sample(t)
	plain, _ := b.JSON()
	packed := deflate(t, plain)
	good := string(file(object(3, attached+" /Filter /FlateDecode", packed)))
	length := fmt.Sprintf("/Length %d", len(packed))
	for name, c := range map[string]struct{ data, says string }{
		"nothing attached":        {string(file()), "no report attached"},
		"only a magic":            {"%PDF-", "no report attached"},
		"two attachments":         {string(file(object(3, attached, plain), object(5, attached, plain))), "more than one"},
		"a second, escaped":       {string(file(object(3, attached, plain), object(5, "/Type /#45mbeddedFile", plain))), "more than one"},
		"appended later":          {good + object(3, attached, plain), "more than one"},
		"encrypted":               {strings.Replace(good, "/Root", "/Encrypt 9 0 R /Root", 1), "encrypted"},
		"encrypted, newer form":   {string(file(object(3, attached, plain), object(8, "/Type /XRef /Encrypt 9 0 R", []byte("x")))), "encrypted"},
		"cut off":                 {good[:len(good)/2], "cut off"},
		"length too small":        {strings.Replace(good, length, "/Length 12", 1), "length is wrong"},
		"length too large":        {strings.Replace(good, length, "/Length 99999999", 1), "length is wrong"},
		"length negative":         {strings.Replace(good, length, "/Length -1", 1), "length is wrong"},
		"length nowhere":          {strings.Replace(good, length, "/Length 77 0 R", 1), "length is wrong"},
		"length twice":            {strings.Replace(good, length, length+" "+length, 1), "no report attached"},
		"packed twice":            {string(file(object(3, attached+" /Filter [/FlateDecode /FlateDecode]", deflate(t, packed)))), "not read"},
		"many filters":            {string(file(object(3, attached+" /Filter [/FlateDecode /"+strings.Repeat("x", 80)+"]", packed))), "not read"},
		"another packing":         {string(file(object(3, attached+" /Filter /LZWDecode", packed))), "not read"},
		"predictor":               {string(file(object(3, attached+" /Filter /FlateDecode /DecodeParms << /Predictor 12 >>", packed))), "not read"},
		"not packed at all":       {string(file(object(3, attached+" /Filter /FlateDecode", plain))), "damaged"},
		"another file":            {string(file(object(3, attached, []byte("hello")))), "not a Linecheck report"},
		"a PDF inside":            {string(file(object(3, attached, []byte(good)))), "not a Linecheck report"},
		"larger than a MiB":       {string(file(object(3, attached, bytes.Repeat([]byte(" "), bundle.MaxSize+1)))), "larger"},
		"too deep":                {"%PDF-1.7\n1 0 obj " + strings.Repeat("<</A", 99) + good[9:], ""},
		"a bomb of a GiB":         {string(file(object(3, attached+" /Filter /FlateDecode", zeros(t, 1<<30)))), "larger"},
		"a string without an end": {"%PDF-1.7\n1 0 obj << /A (" + good[9:], ""},
	} {
		if _, err := bundle.Parse([]byte(c.data)); c.says != "" && (!errors.Is(err, bundle.ErrCoat) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// zeros is that many packed zeros.
func zeros(t testing.TB, n int) []byte {
	t.Helper()
	if testing.Short() {
		n = min(n, 64<<20)
	}
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	block := make([]byte, 1<<20)
	for range n >> 20 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a file of 5 MiB holds, it is done with in little time and memory.
func TestHostilePDFsAreCheap(t *testing.T) {
	fill := func(s string) []byte { return []byte("%PDF-" + strings.Repeat(s, (bundle.MaxCoat-5)/len(s))) }
	for name, data := range map[string][]byte{
		"beginnings of dictionaries": fill(" obj<<"), "strings without end": fill(" obj<</A("), "nested": fill(" obj<</A[[[[[["),
		"streams": fill(" obj<<>>stream\n"), "attachments": fill(" obj<</Type/EmbeddedFile/Length 5 0 R>>stream\n"), "trailers": fill("trailer<<"), "letters": fill("o"), "t": fill("t"),
		"numbers": fill(" obj<</A 1 0 "), "lengths": fill("\n1 0 obj<</Length 1 0 R>>stream\n"), "hex": fill(" obj<</A<"), "comments": fill(" obj<<%"),
		"keys": fill(" obj<</a#41 1/b 2/c 3"), "bomb": file(object(3, attached+" /Filter /FlateDecode", zeros(t, 1<<30))),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := bundle.Parse(data)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, bundle.ErrCoat) {
			t.Errorf("%s: %v", name, err)
		}
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 3*time.Second || mib > 256 { // what was ever asked for, not what is held at once
			t.Errorf("%s: %v, %d MiB", name, took, mib)
		} else {
			t.Logf("%s: %v, %d MiB", name, took.Round(time.Millisecond), mib)
		}
	}
}

// What other programs save again is still read.
func TestSavedByOthers(t *testing.T) {
	b := sample(t)
	plain, _ := b.JSON()
	dir := t.TempDir()
	in, blank := filepath.Join(dir, "readiness.json"), filepath.Join(dir, "blank.pdf")
	page := "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << >> >>\nendobj\n" +
		"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \ntrailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n203\n%%EOF\n"
	for name, data := range map[string][]byte{in: plain, blank: []byte(page)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][]string{
		"qpdf":                    {"qpdf", "--add-attachment", in, "--", blank, "OUT"},
		"qpdf, object streams":    {"qpdf", "--object-streams=generate", "--add-attachment", in, "--", blank, "OUT"},
		"qpdf, linearized":        {"qpdf", "--linearize", "--add-attachment", in, "--", blank, "OUT"},
		"qpdf, readable":          {"qpdf", "--qdf", "--add-attachment", in, "--", blank, "OUT"},
		"qpdf, nothing packed":    {"qpdf", "--stream-data=uncompress", "--add-attachment", in, "--", blank, "OUT"},
		"qpdf, encrypted, refuse": {"qpdf", "--encrypt", "", "x", "256", "--", "--add-attachment", in, "--", blank, "OUT"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("%s is not installed (Debian: qpdf)", args[0])
			}
			out := filepath.Join(t.TempDir(), "out.pdf")
			args[len(args)-1] = out
			if text, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil && !strings.Contains(string(text), "succeeded with warnings") {
				t.Fatalf("%v: %s", err, text)
			}
			data, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bundle.Parse(data)
			if strings.HasSuffix(name, "refuse") {
				if !errors.Is(err, bundle.ErrCoat) || !strings.Contains(err.Error(), "encrypted") {
					t.Error(err)
				}
				return
			}
			if err != nil || !cmp.Equal(got, b) {
				t.Errorf("%v", err)
			}
		})
	}
}

// Any bytes are read or refused, and what is read is a bundle.
func FuzzPDF(f *testing.F) {
	b := sample(f)
	plain, _ := b.JSON()
	f.Add(file(object(3, attached, plain)))
	f.Add(file(object(3, attached+" /Filter [/FlateDecode] /Params << /Size 1 /X (a\\)b) /Y <00> >>", deflate(f, plain))))
	f.Add([]byte("%PDF- 1 0 obj<</A(\\"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := bundle.Parse(append([]byte("%PDF-"), data...))
		if err != nil && !errors.Is(err, bundle.ErrCoat) {
			t.Fatal(err)
		}
		if err == nil && got.Schema != bundle.Schema {
			t.Fatal("read, and no bundle")
		}
	})
}
