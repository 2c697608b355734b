//go:build !(js && wasm)

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"linecheck/assets"
	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/verifypage/answer"
	"linecheck/cmd/internal/verifypage/internal/sample"
	"linecheck/report/advice"
	"linecheck/report/bundle"
)

// date is the day that most of these tests judge by, and moment the time that the page takes for it.
const date = "2026-03-02"

func moment(t *testing.T, date string) float64 {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return float64(at.Add(12 * time.Hour).UnixMilli())
}

func english(t *testing.T) *advice.Catalogue {
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

func plain(t *testing.T, b bundle.Bundle) []byte {
	t.Helper()
	data, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func armoured(t *testing.T, b bundle.Bundle) []byte {
	t.Helper()
	data, err := b.Armour()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func file(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// altered changes one character in the middle of the sealed report.
func altered(t *testing.T, b bundle.Bundle) []byte {
	t.Helper()
	data := plain(t, b)
	at := bytes.LastIndex(data, []byte(`"payload":"`)) - 4000
	if at < 0 {
		t.Fatal("the sample is too small")
	}
	if data[at] == 'A' {
		data[at] = 'B'
	} else {
		data[at] = 'A'
	}
	return data
}

// laid is what a person sees of an answer.
type laid struct {
	Headline, Tone, Meaning string
	Facts                   []answer.Fact
	Steps                   []answer.Step
	Head                    []string
	Rows                    []answer.ShownRow
	Findings                []answer.ShownAdvice
}

const layout = `(() => {
	const text = (n) => n.textContent, all = (n, q) => [...n.querySelectorAll(q)];
	const facts = (n) => all(n, ":scope > div").map((d) => ({ name: text(d.children[0]), text: text(d.children[1]) }));
	const at = (id) => document.getElementById(id);
	return JSON.stringify({
		headline: text(at("headline")), tone: at("verdict").dataset.tone, meaning: text(at("meaning")), facts: facts(at("facts")),
		steps: all(at("steps"), "li").map((l) => ({ tone: l.dataset.tone, status: text(l.children[1]), name: text(l.children[2]), detail: text(l.children[3]) })),
		head: all(document, "thead th").map(text),
		rows: all(document, "tbody tr").map((r) => ({ tone: r.dataset.tone, cells: [...r.children].map((c) => text(c.querySelector("span:not(.mark)"))) })),
		findings: all(at("findings"), ":scope > li").map((l) => ({ tone: l.dataset.tone, severity: "", title: text(l.querySelector("h3 span:not(.mark)")), lines: all(l, "p").map(text), facts: facts(l.querySelector("dl")) })),
	});
})()`

// seen is what the page shows, against what the verifier says natively.
func (b *browser) seen(want answer.Answer) {
	b.T.Helper()
	var got laid
	if err := json.Unmarshal([]byte(browsertest.Get[string](b.Browser, layout)), &got); err != nil {
		b.T.Fatal(err)
	}
	s := want.Shown
	for i, f := range s.Findings {
		s.Findings[i].Severity, s.Findings[i].Title = "", f.Severity+" "+f.Title
	}
	if diff := cmp.Diff(laid{s.Headline, string(s.Tone), s.Meaning, s.Facts, s.Steps, s.Head, s.Rows, s.Findings}, got); diff != "" {
		b.T.Errorf("the page shows something else than the verifier says:\n%s", diff)
	}
}

// A good, an altered, an expired and a foreign report, and others: the page's
// verifier says what the native one says, to the byte, and the page shows it.
func TestReportsInTheBrowser(t *testing.T) {
	b := open(t)
	x, stranger := sample.NewTenant(t, "Example Support Ltd"), sample.NewTenant(t, "Stranger")
	weak := sample.Good()
	weak.Cores, weak.Download, weak.Unmeasured, weak.Unconfirmed = 2, 4.21, true, true
	good := x.Seal(t, sample.Good())
	trust := x.Trust(t)
	b.pictures("start")
	b.choose("trust", file(t, "trust.json", trust))
	for i, c := range []struct {
		name, file, day, tone, failing string
		data                           []byte
	}{
		{"good", "report.json", date, "good", "", plain(t, good)},
		{"good as text", "report.txt", date, "good", "", armoured(t, good)},
		{"weak", "weak.json", date, "bad", "", plain(t, x.Seal(t, weak))},
		{"altered", "altered.json", date, "stop", "seal", altered(t, good)},
		{"expired", "report.json", "2026-07-01", "stop", "time", plain(t, good)},
		{"foreign", "foreign.json", date, "stop", "invite", plain(t, stranger.Seal(t, sample.Good()))},
		{"prose", "letter.txt", date, "stop", "file", []byte("Dear recruiter, here is my report.")},
		{"empty", "empty.pdf", date, "stop", "file", nil},
	} {
		b.run(fmt.Sprintf(`document.getElementById("day").value = %q`, c.day))
		b.choose("report", file(t, c.file, c.data))
		want := answer.For(c.data, trust, moment(t, c.day), english(t))
		if got := b.answered(i + 1); got != want.JSON() {
			t.Errorf("%s: in the browser\n%s\nnatively\n%s", c.name, got, want.JSON())
		}
		b.seen(want)
		failing := ""
		for _, s := range want.Shown.Steps {
			if s.Tone == answer.Bad {
				failing = s.Name
			}
		}
		if headline, tone := b.headline(); tone != c.tone || failing != c.failing {
			t.Errorf("%s: %s, %s, step %q failed, want %q", c.name, headline, tone, failing, c.failing)
		}
		b.pictures(c.name)
	}
	b.quiet()
}

// The page stays small enough for mail: what is linked into it by accident is found here.
func TestThePageIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the verifier; left out with -short")
	}
	name, err := made()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 3e6 || info.Size() < 1e6 {
		t.Errorf("the page has %d bytes, want at most 3 MB", info.Size())
	}
	t.Logf("%d bytes", info.Size())
}

// pictures keeps what the page looks like, light and dark, wide and narrow.
func (b *browser) pictures(name string) {
	if os.Getenv("LINECHECK_PICTURES") == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		b.Picture(name+" "+scheme+" wide", 1280, 800)
		b.Picture(name+" "+scheme+" narrow", 400, 800)
	}
	browsertest.Call(b.Browser, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	b.Do(chromedp.EmulateViewport(1280, 800))
}

// A day chosen afterwards judges the same report again; the files stay.
func TestAnotherDay(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	b.choose("report", file(t, "report.json", plain(t, x.Seal(t, sample.Good()))))
	b.Wait(`document.getElementById("meaning").textContent === "Now choose your trust file."`)
	b.day(date)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.answered(1)
	b.day("2026-07-01")
	b.answered(2)
	if headline, _ := b.headline(); headline != "NOT AUTHENTIC" {
		t.Errorf("months later: %s", headline)
	}
	b.day(date)
	b.answered(3)
	if headline, _ := b.headline(); headline != "AUTHENTIC, ready" {
		t.Errorf("back again: %s", headline)
	}
	b.Do(chromedp.Reload())
	b.Wait(`document.getElementById("meaning").textContent === "Choose your trust file and the applicant's report."`)
}

// A file that is slow to read is neither lost nor does it overwrite a later one.
func TestSlowFiles(t *testing.T) {
	b := open(t)
	x, stranger := sample.NewTenant(t, "Example"), sample.NewTenant(t, "Stranger")
	b.day(date)
	b.run(`seen.slow = 400`)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.choose("report", file(t, "foreign.json", plain(t, stranger.Seal(t, sample.Good()))))
	b.run(`seen.slow = 0`)
	b.choose("report", file(t, "report.json", plain(t, x.Seal(t, sample.Good()))))
	b.answered(1)
	time.Sleep(600 * time.Millisecond) // longer than the slow one takes
	b.answered(1)
	if headline, _ := b.headline(); headline != "AUTHENTIC, ready" {
		t.Errorf("%s", headline)
	}
}

// drop lets a file go over an element, as a mouse does.
func (b *browser) drop(selector string, files ...string) {
	b.T.Helper()
	at := browsertest.Get[struct{ X, Y float64 }](b.Browser, fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return { X: r.x + r.width / 2, Y: r.y + 12 }; })()`, selector))
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		browsertest.Call(b.Browser, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at.X, Y: at.Y, Data: data})
	}
}

func TestDropping(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	data, trust := plain(t, x.Seal(t, sample.Good())), x.Trust(t)
	report, trusted := file(t, "report.json", data), file(t, "trust.json", trust)
	b.day(date)
	b.drop(`[data-kind="trust"]`, trusted)
	b.drop(`[data-kind="report"]`, report)
	want := answer.For(data, trust, moment(t, date), english(t))
	if got := b.answered(1); got != want.JSON() {
		t.Errorf("%s", got)
	}
	b.seen(want)
	if name := browsertest.Get[string](b.Browser, `document.getElementById("report").files[0].name`); name != "report.json" {
		t.Errorf("the field shows %q", name)
	}
	b.drop("h1", report) // beside the fields: nothing happens, and the page stays
	b.drop(`[data-kind="report"]`, report, trusted)
	b.Wait(`document.getElementById("meaning").textContent === "Several files were dropped. Drop one at a time."`)
	if here := browsertest.Get[string](b.Browser, `location.href`); here != b.url {
		t.Errorf("the page was replaced by %s", here)
	}
	b.quiet()
}

// Markup in a name is text.
func TestMarkupInNamesIsText(t *testing.T) {
	b := open(t)
	r := sample.Good()
	r.Applicant, r.Role, r.Signature = `<img src=x onerror="window.owned=1"><b>A-17</b>`, `"><script>window.owned=1</script>`, "</dd><style>*{display:none}</style>"
	x := sample.NewTenant(t, `<a href="https://example.com">Example</a>`)
	b.day(date)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.choose("report", file(t, "<b>{file}$&\u202e.json", plain(t, x.Seal(t, r))))
	b.answered(1)
	text := browsertest.Get[string](b.Browser, `document.getElementById("facts").textContent + document.getElementById("steps").textContent`)
	for _, name := range []string{r.Applicant, r.Role, r.Signature, `<a href="https://example.com">Example</a>`} {
		if !strings.Contains(text, name) {
			t.Errorf("%s is not shown as it is", name)
		}
	}
	if said := browsertest.Get[string](b.Browser, `document.getElementById("file").textContent`); said != "<b>{file}$&.json" {
		t.Errorf("the file is called %q", said)
	}
	strange := browsertest.Get[int](b.Browser, `document.querySelectorAll("main b, main img, main script, main style, main a").length + ("owned" in window ? 100 : 0)`)
	if strange != 0 {
		t.Errorf("%d elements came in through a name", strange)
	}
	b.quiet()
}

// A file that is too large is not even read, and the page goes on.
func TestLargeFiles(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	b.day(date)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.Wait(`seen.reads > 0 && document.getElementById("meaning").textContent === "Now choose the applicant's report."`)
	name := file(t, "huge.pdf", nil)
	if err := os.Truncate(name, 100<<20); err != nil {
		t.Fatal(err)
	}
	b.run(`seen.reads = seen.gap = 0`)
	b.choose("report", name)
	b.Wait(`document.getElementById("meaning").textContent.startsWith("huge.pdf is larger than 5 MiB")`)
	b.pictures("large")
	gap, reads := browsertest.Get[float64](b.Browser, `seen.gap`), browsertest.Get[int](b.Browser, `seen.reads`)
	if gap > 1000 || reads != 0 {
		t.Errorf("the page stood still for %.0f ms, and read %v files", gap, reads)
	}
	t.Logf("longest pause of the page: %.0f ms", gap)
	// Largest that is read at all: judged in a bounded time.
	full := bytes.Repeat([]byte(`[`), bundle.MaxCoat)
	began := time.Now()
	b.choose("report", file(t, "full.json", full))
	b.answered(1)
	t.Logf("5 MiB of brackets: %v", time.Since(began))
	if headline, _ := b.headline(); headline != "NOT AUTHENTIC" {
		t.Error(headline)
	}
	b.choose("report", file(t, "report.json", plain(t, x.Seal(t, sample.Good()))))
	b.answered(2)
	if headline, _ := b.headline(); headline != "AUTHENTIC, ready" {
		t.Errorf("after large files: %s", headline)
	}
	b.quiet()
}

// Whoever has no mouse gets from the first key to the result, and is told it.
func TestWithTheKeyboardAlone(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	files := map[string]string{"trust": file(t, "trust.json", x.Trust(t)), "report": file(t, "report.json", plain(t, x.Seal(t, sample.Good())))}
	opened := make(chan *page.EventFileChooserOpened, 4)
	if err := chromedp.Listen(b.Ctx, func(event any) {
		if e, ok := event.(*page.EventFileChooserOpened); ok {
			opened <- e
		}
	}); err != nil {
		t.Fatal(err)
	}
	browsertest.Call(b.Browser, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	for _, field := range []string{"trust", "report"} {
		b.pressed(kb.Tab)
		focused, outline := browsertest.Get[string](b.Browser, `document.activeElement.id`), browsertest.Get[string](b.Browser, `getComputedStyle(document.activeElement).outlineStyle`)
		if focused != field || outline != "solid" {
			t.Fatalf("the focus is on %q (outline %s), want %q", focused, outline, field)
		}
		b.pressed(kb.Enter)
		select {
		case e := <-opened:
			browsertest.Call(b.Browser, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{files[field]}, BackendNodeID: e.BackendNodeID})
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: no file dialog opened", field)
		}
	}
	b.answered(1) // as of now
	b.pressed(kb.Tab)
	for _, key := range "03022026" { // as the browser's own field takes it, in American English
		b.pressed(string(key))
	}
	b.Wait(fmt.Sprintf(`document.getElementById("day").value === %q && document.getElementById("headline").textContent === "AUTHENTIC, ready"`, date))
	if live := browsertest.Get[string](b.Browser, `document.getElementById("headline").closest("[role=status]")?.getAttribute("aria-atomic") ?? ""`); live != "true" {
		t.Error("the result is in no live region")
	}
}

// The page's policy bites: what it forbids does not happen, and the tests above would see it.
func TestThePolicyBites(t *testing.T) {
	b := open(t)
	if r := browsertest.Get[string](b.Browser, `fetch("https://example.invalid/").then(() => "let through", () => "refused")`); r != "refused" {
		t.Error("fetch was let through")
	}
	b.run(`const s = document.createElement("style"); s.textContent = "* { color: red }"; document.head.append(s); const i = new Image(); i.src = "https://example.invalid/x.png"`)
	b.Wait(`seen.violations.length >= 3`)
	if r := browsertest.Get[string](b.Browser, `(() => { try { document.body.innerHTML = "<b>x</b>"; return "let through"; } catch { return "refused"; } })()`); r != "refused" {
		t.Error("markup from a string was let through")
	}
	t.Log(browsertest.Get[[]string](b.Browser, `seen.violations`))
}
