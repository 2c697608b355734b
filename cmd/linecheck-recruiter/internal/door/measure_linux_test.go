package door

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"linecheck/checks/probe"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// measured is a real probe over TLS, with the door before it or without, and one measuring session.
type measured struct {
	key    envelope.PrivateKey
	client *http.Client
	base   string
}

func measure(t testing.TB, door bool) *measured {
	t.Helper()
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p, err := probe.New(probe.Config{Owner: probe.Owner{Key: key}, MediaAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{Control: small}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pair := httptest.NewUnstartedServer(nil)
	pair.StartTLS()
	cert := pair.TLS.Certificates[0]
	pair.Close()
	srv := &http.Server{Handler: p.Handler(), ConnContext: probe.ConnContext, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	if door {
		m := NewMetrics()
		ln = NewConnLimit(4096, m).Before(ln, PerAddress)
		srv.Handler = Wrap(srv.Handler, slog.New(slog.NewJSONHandler(io.Discard, nil)), m)
	}
	sorted := p.Listen(ln, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	go func() { _ = srv.Serve(sorted) }()
	t.Cleanup(func() {
		if err := errors.Join(srv.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	})
	g, err := p.Open(probe.Subject{InviteID: "id", InviteDigest: strings.Repeat("ab", 32), Nonce: "n", SessionKey: "key"}, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DialContext: (&net.Dialer{Control: small}).DialContext}
	t.Cleanup(tr.CloseIdleConnections)
	return &measured{key: key, client: &http.Client{Transport: tr}, base: "https://" + ln.Addr().String() + exchange.SessionPath + "/" + g.Token}
}

// small makes packets as on the internet, which the system counts.
func small(_, _ string, raw syscall.RawConn) error {
	var failed error
	return errors.Join(raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, 1400) }), failed)
}

func (m *measured) do(t testing.TB, method, path string, body io.Reader) (n int64, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, m.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := m.client.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	var head strings.Builder
	n, err = io.Copy(io.Discard, io.TeeReader(resp.Body, &cutOff{&head}))
	if err != nil || resp.StatusCode >= 300 {
		t.Errorf("%s %s: status %d, %v", method, path, resp.StatusCode, err)
	}
	return n, head.String()
}

// cutOff keeps the first bytes that are written.
type cutOff struct{ to *strings.Builder }

func (c *cutOff) Write(b []byte) (int, error) {
	if c.to.Len() < 100_000 {
		c.to.Write(b)
	}
	return len(b), nil
}

const side = 2000 // random2000x2000.jpg, 8 MB

// together moves data both ways over so many connections at once, and returns how long that took.
func (m *measured) together(t testing.TB, conns int) time.Duration {
	begin := time.Now()
	var wait sync.WaitGroup
	for i := range conns {
		wait.Go(func() {
			if i%2 == 0 {
				if n, _ := m.do(t, "GET", fmt.Sprintf("/speedtest/random%[1]dx%[1]d.jpg", side), nil); n != 2*side*side {
					t.Errorf("%d bytes came", n)
				}
				return
			}
			if _, text := m.do(t, "POST", "/speedtest/upload.php", io.LimitReader(zeros{}, 2*side*side)); text != fmt.Sprintf("size=%d\n", 2*side*side) {
				t.Errorf("the upload was answered %q", text)
			}
		})
	}
	wait.Wait()
	return time.Since(begin)
}

// A speed test goes through the door, and the probe sees of it what it sees without:
// the bytes, and what the system knows of the packets.
func TestASpeedTestGoesThroughTheDoor(t *testing.T) {
	m := measure(t, true)
	m.do(t, "POST", "/observations/internet.speed", strings.NewReader("{}"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	req, err := http.NewRequestWithContext(ctx, "GET", m.base+"/speedtest/received", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := m.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if first := make([]byte, 2); resp.StatusCode != 200 {
		t.Error(resp.StatusCode)
	} else if _, err := io.ReadFull(resp.Body, first); string(first) != "0\n" { // comes at once, or it is kept back
		t.Errorf("%q %v", first, err)
	}
	for begin := time.Now(); time.Since(begin) < 1500*time.Millisecond; {
		m.together(t, 8)
	}
	stop()
	resp.Body.Close()
	_, text := m.do(t, "GET", "/observations/internet.speed", nil)
	env, err := envelope.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, err := envelope.Open[report.Observation](env, m.key.Public(), report.ObservationType)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]float64{}
	for _, metric := range o.Value().Metrics {
		seen[metric.Key] = float64(metric.Value)
	}
	for _, key := range []string{"internet.upload.mbps", "internet.download.acked.mbps", "internet.latency.least.ms", "internet.moved.upload.bytes", "internet.moved.download.bytes"} {
		if seen[key] <= 0 {
			t.Errorf("%s was not observed: %v", key, seen)
		}
	}
	if up := seen["internet.moved.upload.bytes"]; up < 4*2*side*side {
		t.Errorf("%v bytes came up", up)
	}
}

// The door costs a speed test nothing that can be measured.
func TestTheDoorCostsASpeedTestNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("moves data for a while")
	}
	best := map[bool]time.Duration{}
	with, without := measure(t, true), measure(t, false)
	ratio := 0.0
	for round := 0; round < 6 || round < 40 && ratio > 1.1; round++ { // in turns, and again where the computer does other things too
		for door, m := range map[bool]*measured{true: with, false: without} {
			took := m.together(t, 8)
			if best[door] == 0 || took < best[door] {
				best[door] = took
			}
		}
		ratio = best[true].Seconds() / best[false].Seconds()
	}
	const moved = 8 * 2 * side * side * 8 / 1e6
	t.Logf("%.0f Mbit/s through the door, %.0f without; %.2f of the time", moved/best[true].Seconds(), moved/best[false].Seconds(), ratio)
	if ratio > 1.1 {
		t.Errorf("through the door it takes %.2f of the time", ratio)
	}
}

// BenchmarkDoor is what the door adds to one request that does nothing.
func BenchmarkDoor(b *testing.B) {
	nothing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	for name, h := range map[string]http.Handler{"floor": nothing, "door": Wrap(nothing, slog.New(slog.NewJSONHandler(io.Discard, nil)), NewMetrics())} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/", nil)
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				w.Body.Reset()
				h.ServeHTTP(w, r)
			}
		})
	}
}
