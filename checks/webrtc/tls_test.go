package webrtc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/testnet"
	"linecheck/report"
	"linecheck/report/exchange"
)

// secured is a TLS server that says nothing of its own and goes where TLS is done.
func secured(t *testing.T, cert tls.Certificate) (port string) {
	return testnet.Telling(t, cert, time.Time{})
}

// TLS on the way to the relay is opened by somebody else, the clock is wrong, or the
// relay's certificate is: calls work, and it is said what is the matter, and who is in between.
func TestTLSToTheRelay(t *testing.T) {
	now := time.Now()
	hour := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	clock := func(at time.Time) func(http.Handler) http.Handler {
		return answering("/clock", http.StatusOK, func(string) string { return fmt.Sprintf(`{"clock_ms":%d}`, at.UnixMilli()) })
	}
	for _, tt := range []struct {
		name, code, trouble, ours, issuer string
		cert                              tls.Certificate
		server                            time.Time // its clock
	}{
		{"a firewall's own certificate", codeStranger, codeStranger, "", "Example Firewall", certify(t, nil), now},
		{"a firewall's own, of tomorrow", codeStranger, codeStranger, "", "Example Firewall", certify(t, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = hour(24), hour(48) }), now},
		{"of tomorrow, and it is tomorrow at the server", codeClock, codeClock, "", "", theAuthority.Issue(t, "localhost", hour(24), hour(48)), hour(25)},
		{"of yesterday, and it is yesterday at the server", codeClock, codeClock, "", "", theAuthority.Issue(t, "localhost", hour(-48), hour(-24)), hour(-25)},
		{"of tomorrow", codeCertificate, noTrouble, codeCertificate, "", theAuthority.Issue(t, "localhost", hour(24), hour(48)), now},
		{"expired", codeCertificate, noTrouble, codeCertificate, "", theAuthority.Issue(t, "localhost", hour(-48), hour(-24)), now},
		{"for another host", codeCertificate, noTrouble, codeCertificate, "", theAuthority.Issue(t, "elsewhere.example", hour(-24), hour(24)), now},
		{"good, and what comes is no relay's", codeTLS, noTrouble, "", "Public Authority", theAuthority.Issue(t, "localhost", hour(-24), hour(24)), now},
	} {
		t.Run(tt.name, func(t *testing.T) {
			port := secured(t, tt.cert)
			relay := answering("/ice", http.StatusOK, func(own string) string {
				return regexp.MustCompile(`turns:127\.0\.0\.1:\d+`).ReplaceAllString(own, "turns:localhost:"+port) // of another name: public roots count too
			})
			cfg := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler { return clock(tt.server)(relay(h)) }).config(t)
			ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
			if ev.Outcome != report.Measured || ev.Facts["turn-tls"] != tt.code || ev.Facts["trouble"] != tt.trouble || ev.Facts["ours"] != tt.ours ||
				ev.Facts["issuer"] != tt.issuer || ev.Facts["way"] != string(Direct) {
				t.Errorf("outcome %s, facts %v", ev.Outcome, ev.Facts)
			}
		})
	}
}

// The certificate of the server itself is refused: who made it is told where it is a stranger's.
func TestTLSToTheServer(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name, pin, code, issuer string
		fault                   report.Fault
		cert                    tls.Certificate
		there                   time.Time // at the server
	}{
		{"another than the invite names", "sha256:" + strings.Repeat("0", 64), codeStranger, "Example Firewall", report.FaultNetwork, certify(t, nil), now},
		{"a stranger's", "", codeStranger, "Example Firewall", report.FaultNetwork, certify(t, nil), now.AddDate(0, 0, -1)},
		{"expired", "", "tls.certificate", "", report.FaultServer, theAuthority.Issue(t, "localhost", now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)), now},
		{"expired, and nothing is said", "", "tls.certificate", "", report.FaultServer, theAuthority.Issue(t, "localhost", now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)), time.Time{}},
		{"of last week, and it is last week there", "", codeClock, "", report.FaultYou, theAuthority.Issue(t, "localhost", now.AddDate(0, 0, -9), now.AddDate(0, 0, -6)), now.AddDate(0, 0, -7)},
		{"for another host", "", "tls.certificate", "", report.FaultServer, theAuthority.Issue(t, "elsewhere.example", now.AddDate(0, 0, -2), now.AddDate(0, 0, 1)), now},
		{"for another host, of last week", "", "tls.certificate", "", report.FaultServer, theAuthority.Issue(t, "elsewhere.example", now.AddDate(0, 0, -9), now.AddDate(0, 0, -6)), now.AddDate(0, 0, -7)},
		{"of tomorrow", "", codeClock, "", report.FaultYou, theAuthority.Issue(t, "localhost", now.AddDate(0, 0, 1), now.AddDate(0, 0, 2)), now},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, err := exchange.NewClient("https://localhost:"+testnet.Telling(t, tt.cert, tt.there), tt.pin)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			s := &exchange.Session{Client: client, Grant: exchange.Grant{Token: "t"}}
			cfg := Config{Far: func(context.Context) (*exchange.Session, error) { return s, nil }}
			for _, check := range []checks.Check{NewConnect(cfg), NewMedia(cfg)} {
				ev, _ := checks.RunOne(t.Context(), check, nil)
				if ev.Reason != "webrtc."+tt.code || ev.Fault != tt.fault || ev.Facts["issuer"] != tt.issuer {
					t.Errorf("%s: reason %s, fault %s, facts %v", ev.Check, ev.Reason, ev.Fault, ev.Facts)
				}
			}
		})
	}
}
