package portal_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/support"
)

// A support file is shown and said to be unsigned; whole or damaged, it alters nothing,
// and leads to the report that it belongs to.
func TestSupportFile(t *testing.T) {
	o := newOffice(t)
	b := o.person(t, "ana", people.Recruiter)
	inv, sealed := o.Invite(t, "A-1", "r", "EU", o.now)
	good := sample.JSON(t, o.Report(t, inv, sealed, sample.Good(), o.now))
	if status, _ := b.send("/portal/upload", "file", good, nil); status != http.StatusOK {
		t.Fatal(status)
	}
	whole, err := bundle.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := whole.Report.Digest()
	if err != nil {
		t.Fatal(err)
	}
	const evidence = `{"check":"network.path","revision":1,"started":"2026-01-02T03:04:05Z","elapsed_ms":5,"outcome":"measured","metrics":[],"facts":{"captive":"yes","issuer":"<script>x</script>"}}`
	var zip bytes.Buffer
	m := support.Manifest{Made: o.now, Program: report.Program{Name: "linecheck", Version: "1"}, Case: bundle.Code(digest), Report: digest, Hidden: []support.Hidden{{What: "address", How: support.Replaced, Count: 2}}}
	files := map[string][]byte{"evidence/x/network.path.json": []byte(evidence), "facts.json": []byte(`{"system":"linux <b>"}`), "log.jsonl": []byte(`{"msg":"<img src=x>"}` + "\n")}
	if err := support.Write(&zip, m, files); err != nil {
		t.Fatal(err)
	}
	status, text := b.send("/portal/support", "file", zip.Bytes(), nil)
	for _, want := range []string{"Nobody has signed this file", bundle.Code(digest), "/portal/reports/" + digest, "network.captive", "Addresses of computers", "system"} {
		if !strings.Contains(text, want) {
			t.Errorf("%d: the page does not say %q", status, want)
		}
	}
	for _, no := range []string{"<script>x", "<img src=x", "linux <b>"} {
		if strings.Contains(text, no) {
			t.Errorf("a stranger's mark-up stands in the page: %s", no)
		}
	}
	half := zip.Bytes()[:zip.Len()*3/4]
	if status, text := b.send("/portal/support", "file", half, nil); status != http.StatusOK || !strings.Contains(text, "missing or damaged") {
		t.Errorf("half of it: %d", status)
	}
	for name, data := range map[string]string{"nothing": "", "no zip": "hello", "a report": string(good)} {
		if status, _ := b.send("/portal/support", "file", []byte(data), nil); status/100 != 4 {
			t.Errorf("%s: %d", name, status)
		}
	}
	m.Report = strings.Repeat("ab", 32)
	zip.Reset()
	if err := support.Write(&zip, m, files); err != nil {
		t.Fatal(err)
	}
	if status, text := b.send("/portal/support", "file", zip.Bytes(), nil); status != http.StatusOK || strings.Contains(text, "Show this report") {
		t.Errorf("of a report that is not here: %d", status)
	}
	if n, _ := o.store.Reports(t.Context()); n != 1 {
		t.Errorf("%d reports are stored", n)
	}
}
