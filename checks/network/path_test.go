package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/exchange"
)

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// straight takes no proxy.
func straight(*http.Request) (*url.URL, error) { return nil, nil }

// Who answers in the server's place is told by the certificate and by the answer.
func TestAsk(t *testing.T) {
	said := func(status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	for _, tt := range []struct {
		name        string
		handler     http.Handler
		pin         func(*x509.Certificate) string
		server, tls string
		issuer      bool
	}{
		{"as the invite says", said(200), exchange.PinOf, serverAnswers, tlsPinned, false},
		{"another certificate than the invite's", said(200), func(*x509.Certificate) string { return "sha256:00" }, serverForeign, tlsStranger, true},
		{"by nobody who is known", said(200), func(*x509.Certificate) string { return "" }, serverForeign, tlsStranger, true},
		{"it fails", said(502), exchange.PinOf, serverFailing, tlsPinned, false},
		{"it knows nothing of us", said(404), exchange.PinOf, serverForeign, tlsPinned, false},
		{"the network wants a log-in", said(511), exchange.PinOf, serverForeign, tlsPinned, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewTLSServer(tt.handler)
			defer s.Close()
			a := ask(t.Context(), mustURL(t, s.URL), exchange.TrustPath, tt.pin(s.Certificate()), straight)
			if a.server != tt.server || a.tls != tt.tls || (a.issuer != "") != tt.issuer {
				t.Errorf("server %q, tls %q, issuer %q", a.server, a.tls, a.issuer)
			}
		})
	}
	t.Run("no TLS", func(t *testing.T) {
		s := httptest.NewServer(said(200))
		defer s.Close()
		a := ask(t.Context(), mustURL(t, strings.Replace(s.URL, "http:", "https:", 1)), "/", "", straight)
		if a.server != serverForeign || a.tls != tlsBroken {
			t.Errorf("server %q, tls %q", a.server, a.tls)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at := l.Addr().String()
		_ = l.Close()
		if a := ask(t.Context(), mustURL(t, "https://"+at), "/", "", straight); a.server != rejected || a.tls != "" {
			t.Errorf("server %q, tls %q", a.server, a.tls)
		}
	})
}

// A proxy that says no is told from one that wants a password, and from one that is not there.
func TestAskThroughAProxy(t *testing.T) {
	for _, tt := range []struct {
		status int
		want   string
	}{{http.StatusProxyAuthRequired, proxyLogin}, {http.StatusForbidden, proxyRefused}, {http.StatusBadGateway, proxyRefused}} {
		p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(tt.status) }))
		through := func(*http.Request) (*url.URL, error) { return url.Parse(p.URL) }
		if a := ask(t.Context(), mustURL(t, "https://jobs.example"), "/", "", through); a.server != tt.want {
			t.Errorf("%d: %q", tt.status, a.server)
		}
		p.Close()
		if a := ask(t.Context(), mustURL(t, "https://jobs.example"), "/", "", through); a.server != proxyDead {
			t.Errorf("a proxy that is gone: %q", a.server)
		}
	}
}

// Public authorities are there, and a certificate that nobody made is a stranger's.
func TestTrust(t *testing.T) {
	if publicRoots().Equal(x509.NewCertPool()) {
		t.Error("no public authorities")
	}
	if got := trust(tls.ConnectionState{}, "jobs.example", ""); got.kind != tlsStranger {
		t.Errorf("no certificate at all: %q", got.kind)
	}
}

func TestCaptive(t *testing.T) {
	login := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://login.example/", http.StatusFound)
	})
	own := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+"/", http.StatusMovedPermanently)
	})
	genuine := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "success") })
	silent := reading{}
	of := func(h http.Handler) reading {
		s := httptest.NewServer(h)
		defer s.Close()
		return read(t.Context(), Page{s.URL, "success"})
	}
	for name, tt := range map[string]struct {
		front, outside reading
		want           bool
	}{
		"nobody answers":                      {silent, silent, false},
		"the page says what it must":          {silent, of(genuine), false},
		"the server sends to its own TLS":     {of(own), of(genuine), false},
		"every page sends to the log-in page": {of(login), of(login), true},
		"only the open page does":             {silent, of(login), true},
		"only the server's does":              {of(login), silent, true},
		"the network says so by a status": {silent, of(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNetworkAuthenticationRequired)
		})), true},
	} {
		if got := captive(tt.front, tt.outside); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What became of a series of small packets.
func TestFlow(t *testing.T) {
	series := func(answered func(i int) bool) flow {
		f := flow{sent: burst, answered: make([]bool, burst)}
		for i := range f.answered {
			f.answered[i] = answered(i)
		}
		return f
	}
	for name, tt := range map[string]struct {
		f    flow
		want string
	}{
		"all":                       {series(func(int) bool { return true }), open},
		"one in ten is lost":        {series(func(i int) bool { return i%10 != 0 }), open},
		"one in three is lost":      {series(func(i int) bool { return i%3 != 0 }), open},
		"none":                      {series(func(int) bool { return false }), dropped},
		"some, and then few":        {series(func(i int) bool { return i < 14 || i%5 == 0 }), throttled},
		"few from the beginning on": {series(func(i int) bool { return i%5 == 0 }), throttled},
		"none, and somebody says no": {func() flow {
			f := series(func(int) bool { return false })
			f.refused = true
			return f
		}(), rejected},
	} {
		if got, _ := tt.f.state(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// stunServer answers requests with as much ballast as they carry, unless they are longer than most.
func stunServer(t *testing.T, most int) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 2000)
		for {
			n, from, err := conn.ReadFromUDP(b)
			if err != nil {
				return
			}
			if m, ok := media.ParseSTUN(b[:n]); ok && n+overhead <= most {
				answer := stun.MustBuild(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess, media.BallastOf(m))
				_, _ = conn.WriteToUDP(answer.Raw, from)
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestLargest(t *testing.T) {
	for most, want := range map[int]int{1500: 1500, 1499: 1492, 1300: 1280, 1279: 1228, 800: 0} {
		if got, told := largest(t.Context(), stunServer(t, most), 1500); got != want || told {
			t.Errorf("where %d bytes pass: %d (told %v), want %d", most, got, told, want)
		}
	}
}

// Whatever the way is like, the check ends in time and records what it saw.
func TestPathToNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close()
	gone := Page{"http://" + at + "/", "success"}
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), New(Config{Server: "https://" + at, Reference: gone}), nil)
	if ev.Outcome != report.Measured || ev.Facts["server"] != rejected || ev.Facts["internet"] != "no" || ev.Facts["captive"] != "no" || ev.Facts["dns"] != dnsNone {
		t.Errorf("outcome %s, facts %v", ev.Outcome, ev.Facts)
	}
	if took := time.Since(begin); took > 6*time.Second {
		t.Errorf("it took %v", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin = time.Now()
	if ev, _ := checks.RunOne(ctx, New(Config{Server: "https://" + at, Reference: gone}), nil); ev.Outcome != report.Canceled || time.Since(begin) > time.Second {
		t.Errorf("stopped: %s after %v", ev.Outcome, time.Since(begin))
	}
	if err := ev.WellFormed(); err != nil {
		t.Error(err)
	}
}
