//go:build !(js && wasm)

package main

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/npmtest"
	"linecheck/cmd/internal/verifypage/internal/sample"
)

// axeVersion is the release of axe-core that the page is held against.
const axeVersion = "4.14.1"

// No rule of axe-core is broken, in light and dark, wide and narrow, whatever is shown.
func TestAccessibilityByAxe(t *testing.T) {
	b := open(t)
	source := string(npmtest.File(t, "axe-core", axeVersion, "axe.min.js"))
	x := sample.NewTenant(t, "Example Support Ltd")
	weak := sample.Good()
	weak.Cores, weak.Download, weak.Unmeasured = 2, 4.21, true
	if _, err := chromedp.Call(b.Ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: source}); err != nil {
		t.Fatal(err)
	}
	look := func(name string) {
		for _, scheme := range []string{"light", "dark"} {
			b.Scheme(scheme)
			for _, width := range []int64{1280, 400} {
				b.Do(chromedp.EmulateViewport(width, 800))
				b.held(name, scheme, width)
			}
		}
	}
	look("start")
	b.day(date)
	b.choose("trust", file(t, "trust.json", x.Trust(t)))
	for i, c := range []struct {
		name string
		data []byte
	}{{"good", plain(t, x.Seal(t, sample.Good()))}, {"weak", plain(t, x.Seal(t, weak))}, {"altered", altered(t, x.Seal(t, weak))}} {
		b.choose("report", file(t, "report.json", c.data))
		b.answered(i + 1)
		look(c.name)
	}
}

// held runs axe-core's rules over what is shown now.
func (b *browser) held(name, scheme string, width int64) {
	b.T.Helper()
	text := browsertest.Get[string](b.Browser, `axe.run().then((r) => JSON.stringify({ passes: r.passes.length, violations: r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html + " " + n.failureSummary) })), incomplete: r.incomplete.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html)).filter((l) => !l.includes("class=\"mark\"")) }))`)
	var r struct {
		Passes     int
		Violations []struct {
			ID, Impact string
			Nodes      []string
		}
		Incomplete []string
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		b.T.Fatal(err)
	}
	if r.Passes < 10 {
		b.T.Errorf("only %d rules looked at anything", r.Passes)
	}
	for _, v := range r.Violations {
		b.T.Errorf("%s, %s, %d wide: %s (%s): %q", name, scheme, width, v.ID, v.Impact, v.Nodes)
	}
	// The signs are left out: they say nothing that the words beside them, in the same colour, do not.
	if len(r.Incomplete) != 0 {
		b.T.Errorf("%s, %s, %d wide: axe-core cannot decide %q", name, scheme, width, r.Incomplete)
	}
	b.T.Logf("%s, %s, %d wide: %d rules kept", name, scheme, width, r.Passes)
}
