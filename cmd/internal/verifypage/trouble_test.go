//go:build !(js && wasm)

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/verifypage/internal/sample"
)

// Should the verifier ever stop, the page says so and starts it anew for the next file.
func TestAVerifierThatStops(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	report, other := file(t, "report.json", plain(t, x.Seal(t, sample.Good()))), file(t, "other.txt", nil)
	b.day(date)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.choose("report", other)
	b.answered(1)
	b.run(`globalThis.verify = () => { throw new Error("stopped"); }`)
	b.choose("report", report)
	b.Wait(`document.getElementById("meaning").textContent.startsWith("The verifier stopped at report.json.")`)
	b.choose("report", report)
	b.answered(2)
	if headline, _ := b.headline(); headline != "AUTHENTIC, ready" {
		t.Error(headline)
	}
}

// A file that vanishes between choosing and reading is said to be unreadable, and can be chosen again.
func TestAFileThatCannotBeRead(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	data := plain(t, x.Seal(t, sample.Good()))
	report := file(t, "report.json", data)
	b.day(date)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.run(`seen.slow = 300`)
	b.choose("report", report)
	if err := os.Remove(report); err != nil {
		t.Fatal(err)
	}
	b.Wait(`document.getElementById("meaning").textContent === "report.json could not be read. Choose it again."`)
	if err := os.WriteFile(report, data, 0o600); err != nil {
		t.Fatal(err)
	}
	b.choose("report", report)
	b.answered(1)
}

// The verifier's own function never throws, whatever it is called with.
func TestTheFunctionNeverThrows(t *testing.T) {
	b := open(t)
	x := sample.NewTenant(t, "Example")
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	b.choose("report", file(t, "report.json", nil))
	b.answered(1)
	for _, call := range []string{`verify()`, `verify(1, 2, 3)`, `verify(null, undefined, 0)`, `verify("a", {}, NaN)`, `verify(new Uint8Array(3), new Uint8Array(3), "now")`,
		`verify({ length: -1 }, {}, 1)`, `verify({ length: 1e12 }, {}, 1)`, `verify(new Uint8Array(3), new Uint8Array(3), Infinity)`} {
		answer := browsertest.Get[string](b.Browser, call)
		if got := members(t, answer); got["problem"] == nil || got["authentic"] != false || strings.Contains(answer, `\n`) {
			t.Errorf("%s: %s", call, answer)
		}
	}
	b.quiet()
}

// A browser that is too old, or does not run scripts, says what it takes.
func TestBrowsersThatCannot(t *testing.T) {
	b := open(t)
	for _, lacks := range []string{`delete globalThis.DecompressionStream`, `delete globalThis.WebAssembly`} {
		added, err := chromedp.Call(b.Ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: lacks})
		if err != nil {
			t.Fatal(err)
		}
		b.Do(chromedp.Navigate(b.url))
		b.Wait(`document.getElementById("meaning").textContent.startsWith("This browser cannot run the verifier.")`)
		browsertest.Call(b.Browser, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams(added))
	}
	browsertest.Call(b.Browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.Do(chromedp.Navigate(b.url), chromedp.WaitVisible(chromedp.CSS("noscript p")))
}
