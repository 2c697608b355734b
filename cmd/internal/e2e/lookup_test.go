package e2e

import (
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecheck/report/bundle"
)

// A printed report is checked at the server by its code: what the server received is shown.
func TestLookUpOfAPrintedReport(t *testing.T) {
	w := newWorld(t)
	out := t.TempDir()
	if got := w.applicant().run(nil, "--invite", w.invite("--policy", w.quick()), "--out", out); got.code != 0 || !got.last().Sent {
		t.Fatalf("exit %d\n%s", got.code, got.stderr)
	}
	data, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := b.Report.Digest()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	code := bundle.Code(digest)
	for _, path := range []string{"/r/" + code, "/r/" + strings.ReplaceAll(code, "-", ""), "/r/?code=" + strings.ToLower(code)} {
		resp, err := client.Get(w.url + path)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: %d %v\n%s", path, resp.StatusCode, err, page)
		}
		for _, want := range []string{digest, code, "Download speed", "Compare these values"} {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s does not show %q:\n%s", path, want, page)
			}
		}
	}
}
