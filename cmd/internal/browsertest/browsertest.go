// Package browsertest is a real Chromium for tests of web pages: it opens them,
// asks what they show, and keeps what they ask the network for and what the
// browser complains about. What a page has to show is for its own tests to say.
// Nothing that is shipped imports it.
package browsertest

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
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a Chromium of its own. Make it with [Start]; it ends with its test.
type Browser struct {
	T   *testing.T
	Ctx context.Context

	mu       sync.Mutex
	requests []string
	trouble  []string
}

// Program is the browser's program; without one the test is skipped.
func Program(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Skip("no Chromium here (Debian package: chromium)")
	return ""
}

// Start starts Chromium without a page, for two minutes at most. more are options beside the usual ones.
func Start(t *testing.T, more ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	profile, err := os.MkdirTemp("", "linecheck-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	options := append([]chromedp.ExecAllocatorOption{chromedp.ExecPath(Program(t)), chromedp.UserDataDir(profile), chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US")}, more...)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // without a time limit, which would be the browser's
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	b := &Browser{T: t, Ctx: ctx}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	Call(b, network.Enable, network.EnableParams{})
	Call(b, log.Enable, cdp.Empty{})
	Call(b, runtime.Enable, cdp.Empty{})
	return b
}

func (b *Browser) note(event any) {
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
		b.trouble = append(b.trouble, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *runtime.EventExceptionThrown:
		b.trouble = append(b.trouble, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		text, _ := json.Marshal(e.Args)
		b.trouble = append(b.trouble, "console: "+string(text))
	case *audits.EventIssueAdded: // where audits are enabled
		text, _ := json.Marshal(e.Issue)
		b.trouble = append(b.trouble, string(text))
	}
}

// Noted is what was asked of whatever network so far, also where it was refused,
// and what the browser complained about: policy, errors, exceptions.
func (b *Browser) Noted() (requests, trouble []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests, b.trouble
}

// Forget begins noting anew.
func (b *Browser) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests, b.trouble = nil, nil
}

// Do does what a person or the test does.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	if err := chromedp.Do(b.Ctx, actions...); err != nil {
		b.T.Fatal(err)
	}
}

// Call sends one command of the browser's protocol.
func Call[P, R any](b *Browser, command cdp.Command[P, R], p P) {
	b.T.Helper()
	if _, err := chromedp.Call(b.Ctx, command, p); err != nil {
		b.T.Fatal(err)
	}
}

// Get is the value of an expression in the page; a promise's when it is there.
func Get[T any](b *Browser, expression string) T {
	b.T.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Wait waits until an expression in the page is true.
func (b *Browser) Wait(expression string) {
	b.T.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if Get[bool](b, expression) {
			return
		}
		if time.Now().After(end) {
			b.T.Fatalf("never came true: %s\n%s", expression, b.Text())
		}
	}
}

// Text is what a person reads.
func (b *Browser) Text() string {
	b.T.Helper()
	return Get[string](b, `document.body.innerText`)
}

// Before runs a script in every page before the page's own.
func (b *Browser) Before(script string) {
	b.T.Helper()
	Call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// Scheme switches between the light and the dark look.
func (b *Browser) Scheme(name string) {
	b.T.Helper()
	Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

// Picture keeps a screenshot where LINECHECK_PICTURES names a folder.
func (b *Browser) Picture(name string, width, height int64) {
	b.T.Helper()
	dir := os.Getenv("LINECHECK_PICTURES")
	if dir == "" {
		return
	}
	b.Do(chromedp.EmulateViewport(width, height))
	png, err := chromedp.Run(b.Ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.T.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o600); err != nil {
		b.T.Fatal(err)
	}
}
