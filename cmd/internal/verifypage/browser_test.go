//go:build !(js && wasm)

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
)

// made is the page, made once for all tests.
var made = sync.OnceValues(func() (string, error) {
	name := filepath.Join(folder, "verify.html")
	return name, write(context.Background(), "go", name)
})

// folder is where the page is.
var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "linecheck-page-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	folder = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// browser is a Chromium of its own with the page open in it, from a file.
type browser struct {
	*browsertest.Browser
	url string
}

// watch runs in the page before its own scripts: it keeps the verifier's last
// answer and counts, and changes nothing that the page does.
const watch = `(() => {
	let f;
	window.seen = { answer: "", asked: 0, reads: 0, violations: [], gap: 0, slow: 0 };
	Object.defineProperty(globalThis, "verify", { get: () => f, set(v) { f = (...a) => { seen.answer = v(...a); seen.asked++; return seen.answer; }; } });
	const read = Blob.prototype.arrayBuffer;
	Blob.prototype.arrayBuffer = async function () {
		seen.reads++;
		if (seen.slow) await new Promise((done) => setTimeout(done, seen.slow));
		return read.call(this);
	};
	addEventListener("securitypolicyviolation", (e) => seen.violations.push(e.violatedDirective + " " + e.blockedURI));
	let last = performance.now();
	setInterval(() => { const now = performance.now(); seen.gap = Math.max(seen.gap, now - last); last = now; }, 10);
})()`

// open starts Chromium with the page. Tests in a browser are left out of the short run.
func open(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser; left out with -short")
	}
	browsertest.Program(t) // without one nothing is made
	name, err := made()
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{browsertest.Start(t, chromedp.WindowSize(1280, 800)), "file://" + name}
	browsertest.Call(b.Browser, audits.Enable, cdp.Empty{})
	b.Before(watch)
	b.Do(chromedp.Navigate(b.url))
	return b
}

// quiet: nothing was asked of any network, and the browser had nothing to complain about.
func (b *browser) quiet() {
	b.T.Helper()
	violations := browsertest.Get[[]string](b.Browser, `seen.violations`)
	requests, trouble := b.Noted()
	own := 0
	for _, r := range requests {
		switch {
		case r == b.url:
			own++
		case strings.HasPrefix(r, "data:image/svg+xml;"): // the browser's own sign in a date field: no network, not the page's
		default:
			b.T.Errorf("the page asked for %s", r)
		}
	}
	if own != 1 {
		b.T.Errorf("the page itself was seen %d times: the test looks in the wrong place", own)
	}
	if len(violations) != 0 || len(trouble) != 0 {
		b.T.Errorf("violations %q, complaints %q", violations, trouble)
	}
}

// run runs statements in the page.
func (b *browser) run(statements string) {
	b.T.Helper()
	browsertest.Get[bool](b.Browser, "(() => { "+statements+"; return true; })()")
}

// choose puts a file into a field, as the file dialog does.
func (b *browser) choose(field, file string) {
	b.T.Helper()
	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#"+field), []string{file}))
}

// day picks a day, as the date field's calendar does.
func (b *browser) day(date string) {
	b.T.Helper()
	b.run(fmt.Sprintf(`const d = document.getElementById("day"); d.value = %q; d.dispatchEvent(new Event("change", { bubbles: true }))`, date))
}

// answered waits for the verifier's n-th answer to be shown, and is that answer.
func (b *browser) answered(n int) string {
	b.T.Helper()
	b.Wait(fmt.Sprintf(`seen.asked === %d && !document.getElementById("result").hidden`, n))
	return browsertest.Get[string](b.Browser, `seen.answer`)
}

// headline is the large line, and tone its look.
func (b *browser) headline() (text, tone string) {
	b.T.Helper()
	return browsertest.Get[string](b.Browser, `document.getElementById("headline").textContent`), browsertest.Get[string](b.Browser, `document.getElementById("verdict").dataset.tone`)
}

// pressed sends one key.
func (b *browser) pressed(key string) {
	b.T.Helper()
	b.Do(chromedp.KeyEvent(key))
}
