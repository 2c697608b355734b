package internet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/showwin/speedtest-go/speedtest"

	"linecheck/report"
)

// world stands in for the public internet: every name leads to one TLS server
// that gives out the list of public servers.
func world(t *testing.T, list http.HandlerFunc) func() *http.Transport {
	t.Helper()
	srv := httptest.NewUnstartedServer(list)
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	return func() *http.Transport {
		tr := publicTransport()
		tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the stand-in has no certificate for the real name
		tr.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if strings.HasPrefix(addr, "www.speedtest.net:") {
				addr = srv.Listener.Addr().String()
			}
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err == nil { // the large buffers of loopback would swallow an upload whole
				_ = conn.(*net.TCPConn).SetWriteBuffer(smallBuffer)
			}
			return conn, err
		}
		return tr
	}
}

const smallBuffer = 16 << 10

// publicServer is a plain HTTP server with the paths of a public one, backed by the rig's probe.
func publicServer(t *testing.T, r *rig) string {
	t.Helper()
	h := r.srv.Config.Handler
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.URL.Path = r.base + q.URL.Path
		h.ServeHTTP(w, q)
	}))
	srv.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			_ = c.(*net.TCPConn).SetReadBuffer(smallBuffer)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	return srv.URL + "/speedtest/upload.php"
}

func TestPublicServer(t *testing.T) {
	r := newRig(t)
	r.slowed(1_500_000)
	good := publicServer(t, r)
	c := New(Config{Length: 1500 * time.Millisecond})
	c.public = world(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `[{"url":"http://127.0.0.1:1/speedtest/upload.php","id":"1"},{"url":"gopher://x/y","id":"2"},{"url":%q,"id":"3"}]`, good)
	})
	o := measure(t.Context(), c)
	o.want(t, report.Measured, "", "")
	for _, key := range []string{"internet.download.mbps", "internet.upload.mbps"} {
		m, ok := o.Metric(key)
		if !ok || m.Origin != report.Client || m.Value < 5 {
			t.Errorf("%s = %+v (%v), want it counted by us", key, m, ok)
		}
	}
	if o.Facts["far"] != "public" || len(o.obs) != 0 {
		t.Errorf("facts %v, %d observations", o.Facts, len(o.obs))
	}
}

func TestPublicSearchFails(t *testing.T) {
	tests := []struct {
		name   string
		list   http.HandlerFunc
		reason string
	}{
		{"none", status(200, `[]`), "internet.public.none"},
		{"none answers", status(200, `[{"url":"http://127.0.0.1:1/speedtest/upload.php","id":"1"}]`), "internet.public.none"},
		{"nothing in it", status(200, `[null]`), "internet.answer.foreign"},
		{"nonsense", status(200, `hello`), "internet.answer.foreign"},
		{"login page", portal, "internet.answer.foreign"},
		{"redirect", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "http://login.example/", http.StatusFound)
		}, "internet.answer.foreign"},
		{"silence", unanswered, "internet.timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			c := New(Config{})
			c.public = world(t, tt.list)
			o := measure(t.Context(), c)
			o.want(t, report.Unavailable, tt.reason, report.FaultNetwork)
			o.has(t)
			if o.took > soon {
				t.Errorf("took %v", o.took)
			}
		})
	}
}

// Without any network it is over in seconds, with a reason.
func TestNoNetwork(t *testing.T) {
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"internet.dns": func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, "nowhere.invalid:443")
		},
		"internet.timeout": func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done() // packets vanish
			return nil, ctx.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			c := New(Config{})
			c.public = func() *http.Transport {
				tr := publicTransport()
				tr.Proxy, tr.DialContext = nil, dial
				return tr
			}
			o := measure(t.Context(), c)
			o.want(t, report.Unavailable, name, report.FaultNetwork)
			if o.took > soon {
				t.Errorf("took %v", o.took)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	of := func(ms int, url string) *speedtest.Server {
		return &speedtest.Server{URL: url, Latency: time.Duration(ms) * time.Millisecond}
	}
	got, err := choose(speedtest.Servers{of(40, "http://d/u"), of(-1, "http://x/u"), of(10, "http://a/u"), of(0, "http://y/u"),
		of(5, "file:///etc/passwd"), of(20, "https://b/u"), of(30, "http://c/u")}, publicTransport)
	if err != nil || len(got) != candidates {
		t.Fatalf("%v, %v", got, err)
	}
	for i, want := range []string{"http://a/u", "https://b/u", "http://c/u"} {
		if got[i].url != want || got[i].session != nil {
			t.Errorf("candidate %d is %s, want %s", i, got[i].url, want)
		}
	}
	if _, err := choose(nil, publicTransport); !errors.Is(err, errNoPublic) {
		t.Errorf("of none: %v", err)
	}
}
