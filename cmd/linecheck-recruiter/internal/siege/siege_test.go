package siege

import (
	"bytes"
	"compress/zlib"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/door"
)

// endless is a body of so many bytes that is never in memory.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	return int(n), nil
}

// A body of 1 GB is refused after what is allowed, wherever it is sent, and costs no memory.
func TestABodyOfAGigabyte(t *testing.T) {
	f := newFort(t)
	f.start()
	f.well()
	for _, path := range []string{"/v1/reports", "/v1/sessions", "/portal/sign-in", "/portal/upload", "/v1/invites", "/i/x/reuse"} {
		for name, head := range map[string]map[string]string{"form": {"Content-Type": "multipart/form-data; boundary=x"}, "json": {"Content-Type": "application/json"}, "field": {"Content-Type": "application/x-www-form-urlencoded"}} {
			status, _, err := f.send(path, &endless{1 << 30}, head)
			if err == nil && (status < 300 || status >= 500) {
				t.Errorf("%s as %s: %d", path, name, status)
			}
		}
	}
	if mb := f.resident(); mb > 200 {
		t.Errorf("the server has used %d MB", mb)
	} else {
		t.Logf("%d MB at most", mb)
	}
	f.well()
}

// What cannot be a report is refused with a stable code: deep, packed, cut, or full of tricks.
func TestBadReports(t *testing.T) {
	f := newFort(t)
	f.start()
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = io.Copy(z, &endless{600 << 20})
	z.Close()
	bomb := append([]byte("%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length "+fmt.Sprint(packed.Len())+">>stream\n"), packed.Bytes()...)
	bomb = append(bomb, "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"...)
	good := string(f.reports(1)[0])
	for name, body := range map[string]string{
		"nothing": "", "null": "null", "deep": strings.Repeat("[", 500_000), "deep objects": strings.Repeat(`{"a":`, 100_000), "a bomb in a PDF": string(bomb), "no UTF-8": "\xff\xfe{}",
		"cut": good[:len(good)/2], "twice": good + good, "a member twice": strings.Replace(good, `{`, `{"schema":"linecheck.bundle/1",`, 1), "HTML": "<script>alert(1)</script>", "a path": "../../etc/passwd",
	} {
		if status, code, err := f.send("/v1/reports", strings.NewReader(body), nil); err != nil || status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge || !strings.Contains(code, ".") || len(code) > 40 {
			t.Errorf("%s: %d %.100s (%v)", name, status, code, err)
		}
	}
	packedBody := map[string]string{"Content-Encoding": "gzip"}
	if status, code, err := f.send("/v1/reports", bytes.NewReader(packed.Bytes()), packedBody); err != nil || status < 400 || status >= 500 {
		t.Errorf("a packed body: %d %s (%v)", status, code, err)
	}
	for _, path := range []string{"/v1/reports/../../etc/passwd", "/downloads/..%2f..%2fserver.key", "/downloads/%2e%2e/server.key", "/i/..%2f", "/portal/files/..%2fportal.css", "/r/%00", "/v1/invites/%00", "/portal/?search=%00", "/portal/reports/%00"} {
		r, err := f.client.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode >= 500 || strings.Contains(string(data), "PRIVATE KEY") || strings.Contains(string(data), "root:") {
			t.Errorf("%s: %d %.100s", path, r.StatusCode, data)
		}
	}
	if mb := f.resident(); mb > 220 {
		t.Errorf("the server has used %d MB", mb)
	}
	f.well()
}

// Whoever sends the head of a request too slowly is let go, and so is who sends its body too slowly.
func TestSlowRequests(t *testing.T) {
	f := newFort(t)
	f.start()
	slow := func(first string, drop string, within time.Duration) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			c, err := tls.Dial("tcp", f.listen, &tls.Config{InsecureSkipVerify: true})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			begun := time.Now()
			_, _ = io.WriteString(c, first)
			go func() {
				for range 400 {
					time.Sleep(250 * time.Millisecond)
					if _, err := io.WriteString(c, drop); err != nil {
						return
					}
				}
			}()
			_ = c.SetReadDeadline(begun.Add(within + 10*time.Second))
			_, _ = io.Copy(io.Discard, c) // until the server hangs up
			if took := time.Since(begun); took > within {
				t.Errorf("the server waited %v", took)
			}
		}
	}
	t.Run("together", func(t *testing.T) {
		t.Run("head", slow("POST /v1/reports HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n", 15*time.Second))
		t.Run("body", slow("POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n", "x", 35*time.Second))
	})
	f.well()
}

// Ten thousand connections that do nothing keep nobody out and cost little.
func TestIdleConnections(t *testing.T) {
	f := newFort(t)
	f.start()
	f.well()
	const wanted = 10_000
	var open []net.Conn
	var lock sync.Mutex
	var failed atomic.Int64
	var wait sync.WaitGroup
	for host := range 25 {
		wait.Go(func() {
			d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(host+1))}}
			for range wanted / 25 {
				c, err := d.Dial("tcp", f.listen)
				if err != nil {
					failed.Add(1)
					continue
				}
				lock.Lock()
				open = append(open, c)
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	if n := failed.Load(); n > wanted/100 {
		t.Skipf("this system opens no %d connections: %d failed", wanted, n)
	}
	begun := time.Now()
	f.well()
	t.Logf("%d connections are open, a report takes %v, the server has used %d MB", len(open), time.Since(begun), f.resident())
	if mb := f.resident(); mb > 400 {
		t.Errorf("the server has used %d MB", mb)
	}
}

// The port for calls keeps no more connections of one address than that of the web does, and both together no more than one.
func TestIdleCalls(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	calls := free.Addr().String()
	free.Close()
	f := newFort(t)
	f.more = []string{"--calls", calls}
	f.start()
	d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 2, 1)}}
	var open []net.Conn
	for i := range door.PerAddress + 40 {
		to := calls
		if i%2 == 0 {
			to = f.listen
		}
		if c, err := d.Dial("tcp", to); err == nil {
			defer c.Close()
			open = append(open, c)
		}
	}
	kept := 0
	for begin := time.Now(); kept != door.PerAddress && time.Since(begin) < 5*time.Second; time.Sleep(200 * time.Millisecond) { // silent ones are kept for ten seconds
		kept = 0
		for _, c := range open {
			_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := c.Read(make([]byte, 1)); os.IsTimeout(err) {
				kept++
			}
		}
	}
	if kept != door.PerAddress {
		t.Errorf("%d connections of one address are kept, want %d", kept, door.PerAddress)
	}
	f.well()
}
