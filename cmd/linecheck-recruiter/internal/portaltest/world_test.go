package portaltest

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/npmtest"
	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
)

var programs = progtest.Of("linecheck-recruiter")

func TestMain(m *testing.M) { programs.Main(m) }

// office is the server with a browser before it.
type office struct {
	*browsertest.Browser
	*sample.Org
	t              *testing.T
	program, data  string
	url            string
	axe            string
	secret         string
	pictures, seen int
}

const password = "correct horse battery"

func newOffice(t *testing.T) *office {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server and a browser")
	}
	browsertest.Program(t)
	paths, err := programs.Paths()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{Org: sample.New(t, time.Now()), t: t, program: paths[0], data: filepath.Join(t.TempDir(), "data")}
	var log bytes.Buffer
	serve := exec.Command(o.program, "serve", "--keys", o.Folder, "--data", o.data, "--listen", "127.0.0.1:0")
	serve.Stderr = &log
	o.url = progtest.Serve(t, serve)
	t.Cleanup(func() {
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, `"level":"ERROR"`) {
				t.Errorf("the server says %s", line)
			}
		}
	})
	o.Origin = o.url
	o.axe = string(npmtest.File(t, "axe-core", "4.14.1", "axe.min.js"))
	o.Browser = browsertest.Start(t, chromedp.Flag("ignore-certificate-errors", true), chromedp.WindowSize(1280, 900))
	return o
}

// command runs the recruiter's program and returns what it prints.
func (o *office) command(args ...string) string {
	o.t.Helper()
	out, err := exec.Command(o.program, args...).Output()
	if err != nil {
		o.t.Fatalf("%v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// open opens a page by its path.
func (o *office) open(path string) {
	o.t.Helper()
	if !strings.HasPrefix(path, "https://") {
		path = o.url + path
	}
	o.Do(chromedp.Navigate(path))
	o.Wait(`document.readyState === "complete"`)
}

// fill types into the fields of a form, by their names, within what a selector finds.
func (o *office) fill(form string, values map[string]string) {
	o.t.Helper()
	for name, value := range values {
		text, _ := json.Marshal(value)
		ok := browsertest.Get[bool](o.Browser, fmt.Sprintf(`(() => {
			const f = document.querySelector(%q), e = f && f.elements.namedItem(%q);
			if (!e) return false;
			if (e instanceof RadioNodeList) { e.value = %s; return e.value === %s; }
			if (e.type === "checkbox") { e.checked = %s !== ""; return true; }
			e.value = %s;
			return true;
		})()`, form, name, text, text, text, text))
		if !ok {
			o.t.Fatalf("there is no field %q in %s\n%s", name, form, o.Text())
		}
	}
}

// submit presses a button within what a selector finds, and waits for the next page.
func (o *office) submit(button string) {
	o.t.Helper()
	o.seen++
	o.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.documentElement.dataset.seen = "%d"`, o.seen)))
	ok := browsertest.Get[bool](o.Browser, fmt.Sprintf(`(() => { const b = document.querySelector(%q); if (!b) return false; setTimeout(() => b.click(), 0); return true; })()`, button))
	if !ok {
		o.t.Fatalf("there is no %s\n%s", button, o.Text())
	}
	o.Wait(fmt.Sprintf(`document.readyState === "complete" && document.documentElement.dataset.seen !== "%d"`, o.seen))
}

// reads checks that a person reads these words.
func (o *office) reads(words ...string) {
	o.t.Helper()
	text := o.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			o.t.Errorf("%q is not to be read:\n%s", w, text)
		}
	}
}

// look keeps pictures of a page and holds it against axe-core: light and wide, dark and narrow.
func (o *office) look(name string) {
	o.t.Helper()
	if _, err := chromedp.Call(o.Ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: o.axe}); err != nil {
		o.t.Fatal(err)
	}
	o.pictures++
	for scheme, width := range map[string]int64{"light": 1280, "dark": 400} {
		o.Scheme(scheme)
		o.Do(chromedp.EmulateViewport(width, 900))
		o.held(name, scheme, width)
		png, err := chromedp.Run(o.Ctx, chromedp.FullScreenshot(100))
		if err != nil {
			o.t.Fatal(err)
		}
		file := fmt.Sprintf("%02d-%s-%s-%d.png", o.pictures, name, scheme, width)
		if err := os.WriteFile(filepath.Join(o.t.ArtifactDir(), file), png, 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	o.Scheme("light")
	o.Do(chromedp.EmulateViewport(1280, 900))
	if wide := browsertest.Get[bool](o.Browser, `document.documentElement.scrollWidth > document.documentElement.clientWidth`); wide {
		o.t.Errorf("%s is wider than the window", name)
	}
}

// held runs axe-core's rules over what is shown now.
func (o *office) held(name, scheme string, width int64) {
	o.t.Helper()
	text := browsertest.Get[string](o.Browser, `axe.run().then((r) => JSON.stringify({ passes: r.passes.length, violations: r.violations.map((v) => v.id + " (" + v.impact + "): " + v.nodes.map((n) => n.html + " " + n.failureSummary).join(" | ")) }))`)
	var r struct {
		Passes     int
		Violations []string
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		o.t.Fatal(err)
	}
	if r.Passes < 10 {
		o.t.Errorf("%s: only %d rules looked at anything", name, r.Passes)
	}
	for _, v := range r.Violations {
		o.t.Errorf("%s, %s, %d wide: %.500s", name, scheme, width, v)
	}
}

// settle sets the first account up by its one-time link, and signs in.
func (o *office) settle(login, role string) {
	o.t.Helper()
	link := o.command("person", "add", "--data", o.data, "--login", login, "--role", role, "--url", o.url)
	link = link[strings.Index(link, "https://"):]
	if i := strings.IndexAny(link, " \n"); i > 0 {
		link = link[:i]
	}
	o.open(link)
	o.look("setup-" + role)
	o.secret = browsertest.Get[string](o.Browser, `document.querySelector("main code").innerText`)
	o.fill("form.stack", map[string]string{"password": password, "code": o.code(-30 * time.Second)})
	o.submit("form.stack button")
	o.reads("Your account is ready")
	o.signIn(login)
}

// code is what the authenticator shows, or showed a moment ago.
func (o *office) code(ago time.Duration) string {
	o.t.Helper()
	code, err := totp.GenerateCode(o.secret, time.Now().Add(ago))
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

func (o *office) signIn(login string) {
	o.t.Helper()
	o.fill("form.stack", map[string]string{"login": login, "password": password, "code": o.code(0)})
	o.submit("form.stack button")
	o.reads("Sign out")
}

// file keeps something to choose in the browser.
func (o *office) file(name string, data []byte) string {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

// fetched is what the server answers to the browser's visit where the browser would keep a file.
func (o *office) fetched(path string) string {
	o.t.Helper()
	req, err := http.NewRequest(http.MethodGet, o.url+path, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.answered(req)
}

// posted is what the server answers to a form with a file.
func (o *office) posted(path string, values map[string]string, name string, data []byte) string {
	o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range values {
		_ = w.WriteField(k, v)
	}
	f, _ := w.CreateFormFile("file", name)
	_, _ = f.Write(data)
	w.Close()
	req, err := http.NewRequest(http.MethodPost, o.url+path, &body)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return o.answered(req)
}

// answered sends a request with the browser's cookies.
func (o *office) answered(req *http.Request) string {
	o.t.Helper()
	jar, err := chromedp.Call(o.Ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{o.url}})
	if err != nil || len(jar.Cookies) == 0 {
		o.t.Fatalf("the browser has no cookie (%v)", err)
	}
	for _, c := range jar.Cookies {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	r, err := client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(data)
}

func query(v string) string { return url.QueryEscape(v) }
