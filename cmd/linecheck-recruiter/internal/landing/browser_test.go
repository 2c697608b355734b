package landing

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/npmtest"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
)

// inBrowser opens a Chromium, and the pages on a server of their own.
func inBrowser(t *testing.T, r *rig) (*browsertest.Browser, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browsertest.Start(t)
	handler := r.pages.Handler()
	var n atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.RemoteAddr = fmt.Sprint("visitor ", n.Add(1)) // each is another one
		handler.ServeHTTP(w, q)
	}))
	t.Cleanup(srv.Close)
	return b, srv.URL
}

func visitPage(b *browsertest.Browser, address string) {
	b.T.Helper()
	b.Do(chromedp.Navigate(address))
	b.Wait(`document.readyState === "complete"`)
}

// In a real browser a person presses the button, which the check of where a request comes from lets through.
func TestPressingTheButton(t *testing.T) {
	r := newRig(t, organisation)
	r.report(r.invite(r.again(nil)), sample.Good())
	i := r.invite(r.again(nil))
	b, at := inBrowser(t, r)
	visitPage(b, at+Prefix+i.Code+"?lang=de")
	b.Do(chromedp.Click("form button"))
	b.Wait(`document.querySelector("h1")?.innerText === "Ihr früherer Bericht wird verwendet"`)
	if got := browsertest.Get[string](b, `location.href`); got != at+Prefix+i.Code+"?lang=de" {
		t.Errorf("%s", got)
	}
	requests, trouble := b.Noted()
	for _, q := range requests {
		if !strings.HasPrefix(q, at+"/i/") && !strings.HasSuffix(q, "/favicon.ico") {
			t.Errorf("the page asks for %s", q)
		}
	}
	for _, line := range trouble {
		if !strings.Contains(line, "favicon.ico") {
			t.Error(line)
		}
	}
}

// No rule of axe-core is broken in any state, in light and dark, wide and narrow, and nothing is
// wider than the window, in any language.
func TestAccessibilityByAxe(t *testing.T) {
	r := newRig(t, organisation)
	fill(t, r.pages.Downloads, "linecheck_1.1_amd64.deb", "linecheck-1.1.x86_64.rpm", "linecheck_1.1.msi", "linecheck_1.1.exe")
	all := stages(r)
	b, at := inBrowser(t, r)
	source := string(npmtest.File(t, "axe-core", "4.14.1", "axe.min.js"))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		visitPage(b, at+Prefix+all[name].Code+"?lang=en")
		if _, err := chromedp.Call(b.Ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: source}); err != nil {
			t.Fatal(err)
		}
		b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = !d.className.includes("languages") })`))
		for _, scheme := range []string{"light", "dark"} {
			b.Scheme(scheme)
			for _, width := range []int64{1000, 400} {
				b.Do(chromedp.EmulateViewport(width, 900))
				held(t, b, fmt.Sprintf("%s, %s, %d wide", name, scheme, width))
			}
			b.Picture("landing "+name+" "+scheme, 400, 900)
		}
	}
	b.Do(chromedp.EmulateViewport(320, 700))
	for _, l := range r.pages.words.Languages() {
		for _, name := range []string{"open", "received", "repeat", "an earlier report"} {
			visitPage(b, at+Prefix+all[name].Code+"?lang="+l.Code)
			b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = true })`))
			if wide := browsertest.Get[int](b, `document.scrollingElement.scrollWidth`); wide > 320 {
				t.Errorf("%s in %s is %d wide", name, l.Code, wide)
			}
			b.Picture("landing "+name+" "+l.Code, 320, 700)
		}
	}
}

// held runs axe-core's rules over what is shown now.
func held(t *testing.T, b *browsertest.Browser, what string) {
	t.Helper()
	var r struct {
		Passes     int
		Violations []string
	}
	text := browsertest.Get[string](b, `axe.run().then((r) => JSON.stringify({ passes: r.passes.length, violations: r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)) }))`)
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if r.Passes < 10 || len(r.Violations) > 0 {
		t.Errorf("%s: %d rules hold, and these do not: %s", what, r.Passes, strings.Join(r.Violations, "\n"))
	}
}
