package network

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"linecheck/checks/testnet"
	"linecheck/report/exchange"
)

// theAuthority is trusted by this computer while the tests run, and by nobody else.
var theAuthority *testnet.Authority

func TestMain(m *testing.M) {
	var err error
	if theAuthority, err = testnet.NewAuthority("Security Suite"); err != nil {
		panic(err)
	}
	m.Run()
}

// A certificate by a known authority is told from a stranger's where it does not count:
// the server's own is out of date, or this computer's clock is, or it is somebody else's
// page with somebody else's certificate.
func TestCertificatesOfKnownAuthorities(t *testing.T) {
	now := time.Now()
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for name, tt := range map[string]struct {
		host         string
		from, to, at time.Time // the server's clock
		body         string
		server, tls  string
		issuer       string
	}{
		"one that this computer alone trusts":  {"localhost", day(-1), day(1), now, "{}", serverAnswers, tlsPrivate, "Security Suite"},
		"expired":                              {"localhost", day(-3), day(-1), now, "{}", serverAnswers, tlsUnfit, ""},
		"for another host":                     {"elsewhere.example", day(-1), day(1), now, "{}", serverAnswers, tlsUnfit, ""},
		"another's page":                       {"elsewhere.example", day(-1), day(1), now, "<html>blocked</html>", serverForeign, tlsStranger, "Security Suite"},
		"of tomorrow":                          {"localhost", day(1), day(3), now, "{}", serverAnswers, tlsClock, ""},
		"it is two days earlier at the server": {"localhost", day(-3), day(-1), day(-2), "{}", serverAnswers, tlsClock, ""},
		"expired there too":                    {"localhost", day(-5), day(-3), day(-2), "{}", serverAnswers, tlsUnfit, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", tt.at.UTC().Format(http.TimeFormat))
				_, _ = io.WriteString(w, tt.body)
			}))
			s.TLS = &tls.Config{Certificates: []tls.Certificate{theAuthority.Issue(t, tt.host, tt.from, tt.to)}}
			s.StartTLS()
			defer s.Close()
			_, port, err := net.SplitHostPort(s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			a := ask(t.Context(), mustURL(t, "https://localhost:"+port), exchange.TrustPath, "", straight)
			if a.server != tt.server || a.tls != tt.tls || a.issuer != tt.issuer {
				t.Errorf("server %q, tls %q, issuer %q", a.server, a.tls, a.issuer)
			}
		})
	}
}
