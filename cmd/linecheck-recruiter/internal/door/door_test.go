package door

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// diary is a log that can be read while it is written.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(b)
}

func (d *diary) log() *slog.Logger { return slog.New(slog.NewJSONHandler(d, nil)) }

// lines are what was logged, one map a line, without time and stack.
func (d *diary) lines(t *testing.T) (list []map[string]any) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for s := bufio.NewScanner(bytes.NewReader(d.text.Bytes())); s.Scan(); {
		var m map[string]any
		if err := json.Unmarshal(s.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		delete(m, "time")
		delete(m, "ms")
		list = append(list, m)
	}
	return list
}

// behind is a server of a handler behind the door.
func behind(t *testing.T, h http.Handler) (*httptest.Server, *diary, *Metrics) {
	t.Helper()
	d, m := &diary{}, NewMetrics()
	srv := httptest.NewUnstartedServer(Wrap(h, d.log(), m))
	srv.Config.ErrorLog = slog.NewLogLogger(d.log().Handler(), slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv, d, m
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func told(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func expect(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains("\n"+text, "\n"+l+"\n") {
			t.Errorf("the metrics do not tell %q:\n%s", l, text)
		}
	}
}

// A request is known by the pattern it was served under: what its path, its query
// and its headers hold is in neither log nor metrics.
func TestWhatIsLogged(t *testing.T) {
	inner := http.NewServeMux()
	inner.HandleFunc("GET /v1/invites/{code}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	outer := http.NewServeMux()
	outer.Handle("/", inner)
	srv, d, m := behind(t, outer)
	req, _ := http.NewRequest("GET", srv.URL+"/v1/invites/SECRET-CODE?name=Maria-Lopez", nil)
	req.Header.Set("User-Agent", "Maria-Agent")
	req.Header.Set("X-Forwarded-For", "203.0.113.77")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	get(t, srv.URL+"/SECRET-CODE")
	odd, _ := http.NewRequest("SECRET-METHOD", srv.URL+"/", nil)
	if resp, err := http.DefaultClient.Do(odd); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("%v %v", resp, err)
	}
	entry := func(method, route string, status, bytes int) map[string]any {
		return map[string]any{"level": "INFO", "msg": "request", "method": method, "route": route, "status": float64(status), "bytes": float64(bytes), "broken": false}
	}
	want := []map[string]any{entry("GET", "/v1/invites/{code}", 200, 5), entry("GET", "none", 404, 19), entry("other", "none", 404, 19)}
	if diff := cmp.Diff(want, d.lines(t)); diff != "" {
		t.Error(diff)
	}
	text := told(t, m)
	for _, secret := range []string{"SECRET", "Maria", "203.0.113.77", "127.0.0.1"} {
		if strings.Contains(d.text.String(), secret) || strings.Contains(text, secret) {
			t.Errorf("%s is told", secret)
		}
	}
	expect(t, text, `linecheck_requests_total{route="/v1/invites/{code}",status="2xx"} 1`, `linecheck_requests_total{route="none",status="4xx"} 2`,
		`linecheck_request_seconds_count{route="none"} 2`)
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Referrer-Policy", "no-referrer") })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Left", "over"); panic("x") })
	srv, _, _ := behind(t, mux)
	for path, referrer := range map[string]string{"/page": "no-referrer", "/broken": "same-origin", "/none": "same-origin"} {
		resp, _ := get(t, srv.URL+path)
		want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": referrer, "Strict-Transport-Security": "max-age=31536000", "X-Left": "", "Content-Security-Policy": ""}
		for k, v := range want {
			if got := resp.Header.Get(k); got != v {
				t.Errorf("%s: %s is %q, want %q", path, k, got, v)
			}
		}
	}
}

// What fails is answered where that can still be, and breaks the connection where it cannot. The log has
// the stack, and of what was said only what the language says itself.
func TestFailures(t *testing.T) {
	mux := http.NewServeMux()
	var none []int
	mux.HandleFunc("/early", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		_ = none[len(none)]
	})
	mux.HandleFunc("/late", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
		panic(errors.New("Maria Lopez"))
	})
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	srv, d, m := behind(t, mux)
	resp, body := get(t, srv.URL+"/early")
	if resp.StatusCode != 500 || !strings.Contains(body, `"server.failed"`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if resp, err := http.Get(srv.URL + "/late"); err == nil {
		if _, err := io.ReadAll(resp.Body); err == nil {
			t.Error("half an answer looks whole")
		}
		resp.Body.Close()
	}
	if _, err := http.Get(srv.URL + "/abort"); err == nil {
		t.Error("the connection was to be broken")
	}
	stacks := 0
	for _, l := range d.lines(t) {
		stack, ok := l["stack"].(string)
		if ok && strings.Contains(stack, "door.TestFailures") && strings.Contains(stack, "door_test.go") {
			stacks++
		}
	}
	if text := d.text.String(); stacks != 2 || strings.Contains(text, "Maria") || !strings.Contains(text, "index out of range") {
		t.Errorf("%d stacks in %s", stacks, text)
	}
	expect(t, told(t, m), `linecheck_requests_total{route="/early",status="5xx"} 1`, `linecheck_requests_total{route="/late",status="broken"} 1`,
		`linecheck_requests_total{route="/abort",status="broken"} 1`)
}

// The answer is not kept back, deadlines reach the connection, and it can be taken over.
func TestTheWriterStaysWhatItWas(t *testing.T) {
	mux := http.NewServeMux()
	goOn := make(chan struct{})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-goOn
		_, _ = io.WriteString(w, "second\n")
		w.(http.Flusher).Flush()
		<-goOn
	})
	mux.HandleFunc("/deadline", func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetReadDeadline(time.Now()), c.SetWriteDeadline(time.Now().Add(time.Minute)), c.EnableFullDuplex()); err != nil {
			t.Error(err)
		}
		if _, err := io.ReadAll(r.Body); err == nil {
			t.Error("the deadline did not reach the connection")
		}
	})
	mux.HandleFunc("/copy", func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.Copy(w, io.LimitReader(zeros{}, 1<<20)); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/hints", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
	})
	srv, d, _ := behind(t, mux)
	resp, err := http.Get(srv.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	for _, want := range []string{"first\n", "second\n"} {
		if got, err := lines.ReadString('\n'); got != want || err != nil {
			t.Fatalf("%q %v", got, err)
		}
		goOn <- struct{}{}
	}
	resp.Body.Close()
	pr, pw := io.Pipe()
	defer pw.Close()
	if resp, err := http.Post(srv.URL+"/deadline", "", pr); err == nil {
		resp.Body.Close()
	}
	if _, body := get(t, srv.URL+"/copy"); len(body) != 1<<20 {
		t.Errorf("%d bytes", len(body))
	}
	if resp, _ := get(t, srv.URL+"/hints"); resp.StatusCode != http.StatusTeapot {
		t.Error(resp.StatusCode)
	}
	srv.Close() // all are logged now
	for _, l := range d.lines(t) {
		if l["route"] == "/copy" && l["bytes"] != float64(1<<20) || l["route"] == "/hints" && l["status"] != float64(http.StatusTeapot) || l["route"] == "/stream" && l["bytes"] != 13.0 {
			t.Errorf("%v", l)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestHijack(t *testing.T) {
	srv, d, m := behind(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		line, _ := rw.ReadString('\n')
		_, _ = io.WriteString(c, "you said "+line)
	}))
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\nhello\n")
	if answer, err := io.ReadAll(c); string(answer) != "you said hello\n" || err != nil {
		t.Errorf("%q %v", answer, err)
	}
	srv.Close() // which waits for no connection that was handed over
	for begin := time.Now(); len(d.lines(t)) == 0 && time.Since(begin) < 5*time.Second; {
		time.Sleep(time.Millisecond)
	}
	if l := d.lines(t); len(l) != 1 || l[0]["status"] != float64(http.StatusSwitchingProtocols) {
		t.Errorf("%v", l)
	}
	expect(t, told(t, m), `linecheck_requests_total{route="none",status="1xx"} 1`)
	// Where it cannot be done it says so.
	r := &recorder{ResponseWriter: httptest.NewRecorder()}
	if _, _, err := r.Hijack(); !errors.Is(err, http.ErrNotSupported) || r.status != 0 {
		t.Errorf("%v %d", err, r.status)
	}
}

// A body that is too large gets its answer although the sender is still sending.
func TestTooLargeABody(t *testing.T) {
	srv, _, _ := behind(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1000)); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}))
	for range 5 {
		resp, err := http.Post(srv.URL, "", io.LimitReader(zeros{}, 1<<30))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
}
