//go:build !(js && wasm)

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
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
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	requests []string // of whatever kind, also those that were refused
	trouble  []string // what the browser complains about: policy, errors, exceptions
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
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium here (Debian package: chromium)")
	}
	name, err := made()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "linecheck-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US"), chromedp.WindowSize(1280, 800))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // without a time limit, which would be the browser's
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, url: "file://" + name}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, audits.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
	b.do(chromedp.Navigate(b.url))
	return b
}

func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *network.EventWebSocketCreated:
		b.requests = append(b.requests, e.URL)
	case *network.EventWebTransportCreated:
		b.requests = append(b.requests, e.URL)
	case *log.EventEntryAdded:
		b.trouble = append(b.trouble, fmt.Sprintf("%s %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text))
	case *runtime.EventExceptionThrown:
		b.trouble = append(b.trouble, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		text, _ := json.Marshal(e.Args)
		b.trouble = append(b.trouble, "console: "+string(text))
	case *audits.EventIssueAdded:
		text, _ := json.Marshal(e.Issue)
		b.trouble = append(b.trouble, string(text))
	}
}

// quiet: nothing was asked of any network, and the browser had nothing to complain about.
func (b *browser) quiet() {
	b.t.Helper()
	violations := get[[]string](b, `seen.violations`)
	b.mu.Lock()
	defer b.mu.Unlock()
	own := 0
	for _, r := range b.requests {
		switch {
		case r == b.url:
			own++
		case strings.HasPrefix(r, "data:image/svg+xml;"): // the browser's own sign in a date field: no network, not the page's
		default:
			b.t.Errorf("the page asked for %s", r)
		}
	}
	if own != 1 {
		b.t.Errorf("the page itself was seen %d times: the test looks in the wrong place", own)
	}
	if len(violations) != 0 || len(b.trouble) != 0 {
		b.t.Errorf("violations %q, complaints %q", violations, b.trouble)
	}
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// call sends one command of the browser's protocol.
func call[P, R any](b *browser, command cdp.Command[P, R], p P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, p); err != nil {
		b.t.Fatal(err)
	}
}

// get is the value of an expression in the page; a promise's when it is there.
func get[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// run runs statements in the page.
func (b *browser) run(statements string) {
	b.t.Helper()
	get[bool](b, "(() => { "+statements+"; return true; })()")
}

// wait waits until an expression in the page is true.
func (b *browser) wait(expression string) {
	b.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if get[bool](b, expression) {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("never came true: %s\n%s", expression, get[string](b, `document.body.innerText`))
		}
	}
}

// choose puts a file into a field, as the file dialog does.
func (b *browser) choose(field, file string) {
	b.t.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#"+field), []string{file}))
}

// day picks a day, as the date field's calendar does.
func (b *browser) day(date string) {
	b.t.Helper()
	b.run(fmt.Sprintf(`const d = document.getElementById("day"); d.value = %q; d.dispatchEvent(new Event("change", { bubbles: true }))`, date))
}

// answered waits for the verifier's n-th answer to be shown, and is that answer.
func (b *browser) answered(n int) string {
	b.t.Helper()
	b.wait(fmt.Sprintf(`seen.asked === %d && !document.getElementById("result").hidden`, n))
	return get[string](b, `seen.answer`)
}

// headline is the large line, and tone its look.
func (b *browser) headline() (text, tone string) {
	b.t.Helper()
	return get[string](b, `document.getElementById("headline").textContent`), get[string](b, `document.getElementById("verdict").dataset.tone`)
}

// pressed sends one key.
func (b *browser) pressed(key string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key))
}

// picture keeps a screenshot where LINECHECK_PICTURES names a folder.
func (b *browser) picture(name string, width, height int64) {
	b.t.Helper()
	dir := os.Getenv("LINECHECK_PICTURES")
	if dir == "" {
		return
	}
	b.do(chromedp.EmulateViewport(width, height))
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
