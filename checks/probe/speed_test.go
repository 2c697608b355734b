package probe

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// speedRig is a real probe behind a real HTTP server, with one open session.
type speedRig struct {
	probe *Probe
	key   envelope.PrivateKey
	srv   *httptest.Server
	base  string
	token string
}

func newSpeedRig(t *testing.T) *speedRig {
	t.Helper()
	key := newKey(t)
	p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(func() {
		srv.Close()
		if err := p.Close(); err != nil {
			t.Errorf("close the probe: %v", err)
		}
	})
	rig := &speedRig{probe: p, key: key, srv: srv}
	rig.token = rig.open(t, "one")
	rig.base = srv.URL + exchange.SessionPath + "/" + rig.token
	return rig
}

func (r *speedRig) open(t *testing.T, nonce string) string {
	t.Helper()
	g, err := r.probe.Open(Subject{InviteID: "id", InviteDigest: strings.Repeat("ab", 32), Nonce: nonce, SessionKey: "key"}, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return g.Token
}

// do makes one request and returns status and body.
func (r *speedRig) do(t *testing.T, method, path string, body io.Reader) (int, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, r.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, data
}

// observed is the sealed observation, opened.
func (r *speedRig) observed(t *testing.T) report.Observation {
	t.Helper()
	status, data := r.do(t, "GET", "/observations/internet.speed", nil)
	if status != http.StatusOK {
		t.Fatalf("observation: status %d: %s", status, data)
	}
	env, err := envelope.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	o, err := envelope.Open[report.Observation](env, r.key.Public(), report.ObservationType)
	if err != nil {
		t.Fatal(err)
	}
	return o.Value()
}

func value(o report.Observation, key string) (float64, bool) {
	for _, m := range o.Metrics {
		if m.Key == key {
			return float64(m.Value), true
		}
	}
	return 0, false
}

func TestSpeedFiles(t *testing.T) {
	rig := newSpeedRig(t)
	tests := []struct {
		method, path string
		status, size int
	}{
		{"GET", "/speedtest/latency.txt", 200, 10},
		{"GET", "/speedtest/random350x350.jpg", 200, 2 * 350 * 350},
		{"GET", "/speedtest/random1000x1000.jpg", 200, 2_000_000},
		{"HEAD", "/speedtest/random1000x1000.jpg", 200, 0},
		{"GET", "/speedtest/random1000x999.jpg", 404, -1},
		{"GET", "/speedtest/random0x0.jpg", 404, -1},
		{"GET", "/speedtest/random-5x-5.jpg", 404, -1},
		{"GET", "/speedtest/random4001x4001.jpg", 404, -1},
		{"GET", "/speedtest/random0350x0350.jpg", 404, -1},
		{"GET", "/speedtest/random350x350.jpgx", 404, -1},
		{"GET", "/speedtest/upload.php", 404, -1},
	}
	for _, tt := range tests {
		t.Run(tt.method+tt.path, func(t *testing.T) {
			status, body := rig.do(t, tt.method, tt.path, nil)
			if status != tt.status || tt.size >= 0 && len(body) != tt.size {
				t.Errorf("status %d and %d bytes, want %d and %d", status, len(body), tt.status, tt.size)
			}
		})
	}
	o := rig.observed(t)
	if got, _ := value(o, "internet.moved.download.bytes"); got != 2*350*350+2_000_000 {
		t.Errorf("sent %v bytes, want what was downloaded and nothing for HEAD or refusals", got)
	}
	if _, ok := value(o, "internet.upload.mbps"); ok {
		t.Error("an upload speed without an upload")
	}
}

func TestSpeedBytesCannotBeCompressed(t *testing.T) {
	rig := newSpeedRig(t)
	_, body := rig.do(t, "GET", "/speedtest/random350x350.jpg", nil)
	var seen [256]int
	for _, b := range body {
		seen[b]++
	}
	for b, n := range seen { // 957 expected of each; the bounds are 10 standard deviations away
		if n < 650 || n > 1270 {
			t.Fatalf("byte %d occurs %d times in %d", b, n, len(body))
		}
	}
}

func TestSpeedUploadIsCountedAsReceived(t *testing.T) {
	rig := newSpeedRig(t)
	pr, pw := io.Pipe()
	const chunk, chunks = 25_000, 60 // 20 ms apart: 10 Mbit/s for 1.2 s
	go func() {
		data := make([]byte, chunk)
		for range chunks {
			_, _ = pw.Write(data)
			time.Sleep(20 * time.Millisecond)
		}
		_ = pw.Close()
	}()
	begin := time.Now()
	status, body := rig.do(t, "POST", "/speedtest/upload.php", pr)
	took := time.Since(begin).Seconds()
	if status != 200 || string(body) != fmt.Sprintf("size=%d\n", chunk*chunks) {
		t.Fatalf("status %d, body %q", status, body)
	}
	o := rig.observed(t)
	if got, _ := value(o, "internet.moved.upload.bytes"); got != chunk*chunks {
		t.Errorf("received %v bytes, want %d", got, chunk*chunks)
	}
	want := chunk * chunks * 8 / 1e6 / took
	if got, ok := value(o, "internet.upload.mbps"); !ok || got < want*0.8 || got > want*1.25 {
		t.Errorf("upload = %v Mbit/s (%v), want about %v", got, ok, want)
	}
	if o.Facts["busy"] != "0" {
		t.Errorf("busy = %q, want 0", o.Facts["busy"])
	}
	for _, m := range o.Metrics {
		if m.Origin != report.Server {
			t.Errorf("%s has the origin %q", m.Key, m.Origin)
		}
	}
}

func TestSpeedBeginForgets(t *testing.T) {
	rig := newSpeedRig(t)
	rig.do(t, "POST", "/speedtest/upload.php", bytes.NewReader(make([]byte, 300_000)))
	if status, _ := rig.do(t, "POST", "/observations/internet.speed", strings.NewReader("{}")); status != http.StatusNoContent {
		t.Fatalf("begin: status %d", status)
	}
	if o := rig.observed(t); len(o.Metrics) != 0 || len(o.Facts) != 0 {
		t.Errorf("after begin: %v %v, want nothing", o.Metrics, o.Facts)
	}
}

func TestSpeedCaps(t *testing.T) {
	rig := newSpeedRig(t)
	status, body := rig.do(t, "POST", "/speedtest/upload.php", io.LimitReader(zeros{}, maxUpload+1))
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "upload.large") {
		t.Errorf("an upload too large: status %d %s", status, body)
	}
	s, _ := rig.probe.find(rig.token)
	s.moved.Store(maxMoved)
	for _, path := range []string{"GET /speedtest/random350x350.jpg", "POST /speedtest/upload.php"} {
		method, path, _ := strings.Cut(path, " ")
		status, body := rig.do(t, method, path, strings.NewReader("x"))
		if status != http.StatusTooManyRequests || !strings.Contains(string(body), "session.spent") {
			t.Errorf("%s %s of a spent session: status %d %s", method, path, status, body)
		}
	}
	s.moved.Store(maxMoved - 100_000)
	resp, err := rig.srv.Client().Get(rig.base + "/speedtest/random1000x1000.jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err == nil || n > 200_000 {
		t.Errorf("a download across the cap: %d bytes, %v; want it broken off near 100000", n, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestSpeedBusyCountsOtherSessions(t *testing.T) {
	rig := newSpeedRig(t)
	other := rig.open(t, "two")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pr, pw := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, "POST", rig.srv.URL+exchange.SessionPath+"/"+other+"/speedtest/upload.php", pr)
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
			resp.Body.Close()
		}
	}()
	if _, err := pw.Write(make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	s, _ := rig.probe.find(other)
	for begin := time.Now(); s.moved.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Since(begin) > 5*time.Second {
			t.Fatal("the other session's upload never arrived")
		}
	}
	rig.do(t, "POST", "/speedtest/upload.php", bytes.NewReader(make([]byte, 100_000)))
	if busy := rig.observed(t).Facts["busy"]; busy != "1" {
		t.Errorf("busy = %q, want 1", busy)
	}
	cancel()
	_ = pw.Close()
	<-gone
}

// A client that goes away in the middle must not keep a handler.
func TestSpeedClientGone(t *testing.T) {
	rig := newSpeedRig(t)
	done := make(chan struct{}, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rig.probe.Handler().ServeHTTP(w, r)
		done <- struct{}{}
	}))
	defer srv.Close()
	path := exchange.SessionPath + "/" + rig.token + "/speedtest/"
	for _, head := range []string{
		"GET " + path + "random4000x4000.jpg HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST " + path + "upload.php HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc",
	} {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, head); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(head, "GET") {
			if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		_ = conn.Close()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Fatalf("the handler outlived its client: %.20s", head)
		}
	}
}

func TestSpeedSendsWithoutAllocating(t *testing.T) {
	rig := newSpeedRig(t)
	s, _ := rig.probe.find(rig.token)
	w := &sink{header: http.Header{}}
	s.account(speedCheck).download.Add(1, time.Now().Add(-time.Minute)) // its bins are there already
	rig.probe.send(s, s.account(speedCheck), w, 1000)
	if n := testing.AllocsPerRun(20, func() { rig.probe.send(s, s.account(speedCheck), w, 2_000_000) }); n > 3 {
		t.Errorf("%v allocations for a download of 2 MB", n)
	}
	if w.n == 0 {
		t.Error("nothing was written")
	}
}

type sink struct {
	header http.Header
	n      int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { s.n += len(b); return len(b), nil }
