package callpage

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/npmtest"
)

// axeVersion is the release of axe-core that the page is held against.
const axeVersion = "4.14.1"

// measured is what the page says to tests, as window.linecheck.
type measured struct {
	Done bool
	Ways map[string]struct {
		MS            *float64
		Over          string
		Error, Detail string
	}
	Best, Verdict, Problem string
	RTT, Loss, Low, High   *float64
	Sent, Came             *int
}

// visit opens a link afresh and waits until the page has done what it does.
func (b *browser) visit(link string) measured {
	b.T.Helper()
	b.Do(chromedp.Navigate("about:blank"))
	b.Forget()
	b.Do(chromedp.Navigate(link))
	b.Wait(`window.linecheck?.done === true`)
	return browsertest.Get[measured](b.Browser, `window.linecheck`)
}

// Whoever comes without a link is told where to get one, and nothing is asked of the server.
func TestWithoutALink(t *testing.T) {
	w := newWorld(t)
	b := open(t)
	for name, c := range map[string]struct{ fragment, problem, says string }{
		"nothing":     {"", "no-token", "linecheck-support run --invite FILE"},
		"other words": {"#rtt=31.2", "no-token", "linecheck-support run --invite FILE"},
		"cut off":     {"#token=0123456789abcdef", "bad-token", "damaged or cut off"},
		"a path":      {"#token=../../trust?aaaaaaaaaaaaaaaaaaaa", "bad-token", "damaged or cut off"},
		"html":        {"#token=%3Cimg src=x onerror=alert(1)%3E", "bad-token", "damaged or cut off"},
	} {
		m := b.visit(w.url + "/webrtc" + c.fragment)
		if text := b.Text(); m.Problem != c.problem || !strings.Contains(text, c.says) || strings.Contains(text, "Round trip") {
			t.Errorf("%s: %q\n%s", name, m.Problem, text)
		}
		requests, trouble := b.Noted()
		if len(trouble) > 0 || strings.Contains(strings.Join(requests, " "), "/v1/") {
			t.Errorf("%s: %q, complaints %q", name, requests, trouble)
		}
	}
	b.Picture("without", 1280, 900)
	m := b.visit(w.url + "/webrtc#token=" + strings.Repeat("0", 32))
	if text := b.Text(); m.Problem != "over" || !strings.Contains(text, "half an hour") {
		t.Errorf("a session that is over: %q\n%s", m.Problem, text)
	}
}

// The link that the program prints leads to the same call in the browser, by every way.
func TestBrowserBesideTheProgram(t *testing.T) {
	w := newWorld(t)
	link := w.link("--check", "webrtc.media")
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	given, err := url.ParseQuery(at.Fragment)
	if err != nil || given.Get("rtt") == "" || given.Get("loss") == "" || given.Get("n") == "" {
		t.Fatalf("the link says %q", at.Fragment)
	}
	b := open(t)
	m := b.visit(link)
	requests, trouble := b.Noted()
	t.Logf("%s\n%+v\n%q", link, m, requests)
	if len(trouble) > 0 {
		t.Errorf("the browser complains: %q", trouble)
	}
	for _, r := range requests {
		if !strings.HasPrefix(r, w.url+"/") {
			t.Errorf("the page asked for %s", r)
		}
	}
	for _, way := range []string{"direct", "turn-udp", "turn-tcp", "turn-tls"} {
		if got := m.Ways[way]; got.MS == nil || *got.MS <= 0 || *got.MS > 5000 {
			t.Errorf("%s did not connect: %q %q", way, got.Error, got.Detail)
		} else {
			t.Logf("%s: %.0f ms over %s", way, *got.MS, got.Over)
		}
	}
	if over := m.Ways["direct"].Over; over != "udp" {
		t.Errorf("directly it goes over %q", over)
	}
	b.plausible(m)
	if m.Verdict != "agree" || !strings.Contains(b.Text(), "it is the line") {
		t.Errorf("%s\n%s", m.Verdict, b.Text())
	}
	axe := string(npmtest.File(t, "axe-core", axeVersion, "axe.min.js"))
	if _, err := chromedp.Call(b.Ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: axe}); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		if broken := browsertest.Get[string](b.Browser, `axe.run().then((r) => JSON.stringify(r.violations.concat(r.incomplete).map((v) => [v.id, v.nodes.map((n) => n.html + " " + n.failureSummary)])))`); broken != "[]" {
			t.Errorf("%s: axe-core finds %s", scheme, broken)
		}
		b.Picture("webrtc-page-"+scheme, 1280, 900)
		b.Picture("webrtc-page-narrow-"+scheme, 400, 900)
	}
}

// plausible says whether the figures are those of a call within this computer.
func (b *browser) plausible(m measured) {
	b.T.Helper()
	if m.RTT == nil || m.Loss == nil || m.Low == nil || m.High == nil || m.Sent == nil || m.Came == nil {
		b.T.Fatalf("figures are missing: %+v\n%s", m, b.Text())
	}
	b.T.Logf("round trip %.2f ms, loss %.4f (%.4f to %.4f), %d of %d came, by %s", *m.RTT, *m.Loss, *m.Low, *m.High, *m.Came, *m.Sent, m.Best)
	if *m.RTT <= 0 || *m.RTT > 30 || *m.Loss > 0.02 || *m.Low > *m.Loss || *m.High < *m.Loss || *m.High > 0.06 || *m.Sent != 250 || m.Best != "direct" {
		b.T.Errorf("not a call within this computer: %+v", m)
	}
}

// What the link says of the program decides the sentence; what it does not say stays unknown.
func TestSentences(t *testing.T) {
	w := newWorld(t)
	link := w.link("--check", "webrtc.connect")
	b := open(t)
	for _, c := range []struct{ figures, verdict, says, column string }{
		{"", "alone", "stand alone", "–"},
		{"&rtt=80&loss=0&n=750", "program", "firewall rule", "80.0 ms"},
		{"&rtt=1e9&loss=7&n=x", "alone", "stand alone", "–"},
		{"&rtt=1&loss=0.25&n=750", "program", "firewall rule", "25 % (95 %: 22 % to 28.2 %; of 750)"},
	} {
		m := b.visit(link + c.figures)
		b.plausible(m)
		column := browsertest.Get[string](b.Browser, `document.getElementById("program-rtt").textContent + " " + document.getElementById("program-loss").textContent`)
		column = strings.ReplaceAll(column, "\u00a0", " ")
		if m.Verdict != c.verdict || !strings.Contains(b.Text(), c.says) || !strings.Contains(column, c.column) {
			t.Errorf("%q: %s, %q\n%s", c.figures, m.Verdict, column, b.Text())
		}
	}
}

// A browser whose WebRTC is taken away, or gets nowhere, is what the page is there to find.
func TestBrowserIsToBlame(t *testing.T) {
	w := newWorld(t)
	link := w.link("--check", "webrtc.connect") + "&rtt=1&loss=0&n=750"
	b := open(t)
	b.Before(`delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection`)
	if m := b.visit(link); m.Problem != "no-webrtc" || !strings.Contains(b.Text(), "no WebRTC") {
		t.Errorf("%+v\n%s", m, b.Text())
	}
	b = open(t)
	b.Before(`const own = RTCPeerConnection.prototype.setRemoteDescription;
		RTCPeerConnection.prototype.setRemoteDescription = function (d) { return own.call(this, { type: d.type, sdp: d.sdp.replace(/a=candidate.*\r?\n/g, "") }); }`)
	m := b.visit(link)
	if m.Verdict != "browser" || m.RTT != nil || m.Loss != nil || m.Ways["direct"].Error == "" || !strings.Contains(b.Text(), "look at the browser") {
		t.Errorf("%+v\n%s", m, b.Text())
	}
	b.Picture("closed", 1280, 900)
}
