package webrtc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/exchange"
)

// authority is one that this computer trusts: its tests run with SSL_CERT_FILE set.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// trusted makes an authority and has the system trust it; only before the first certificate is verified.
func trusted(dir string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Public Authority"}}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(2, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{cert, key}, os.Setenv("SSL_CERT_FILE", file)
}

// issue makes a certificate for a name, of that time.
func issue(t *testing.T, name string, from, to time.Time) tls.Certificate {
	t.Helper()
	a := theAuthority
	if _, err := a.cert.Verify(x509.VerifyOptions{}); err != nil {
		t.Skipf("this system does not take authorities from a file: %v", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// secured is a TLS server that says nothing of its own and goes where TLS is done.
func secured(t *testing.T, cert tls.Certificate) (port string) {
	t.Helper()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake()
			_ = c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(ln.Addr().String())
	return port
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
		{"of tomorrow, and it is tomorrow at the server", codeClock, codeClock, "", "", issue(t, "localhost", hour(24), hour(48)), hour(25)},
		{"of yesterday, and it is yesterday at the server", codeClock, codeClock, "", "", issue(t, "localhost", hour(-48), hour(-24)), hour(-25)},
		{"of tomorrow", codeCertificate, noTrouble, codeCertificate, "", issue(t, "localhost", hour(24), hour(48)), now},
		{"expired", codeCertificate, noTrouble, codeCertificate, "", issue(t, "localhost", hour(-48), hour(-24)), now},
		{"for another host", codeCertificate, noTrouble, codeCertificate, "", issue(t, "elsewhere.example", hour(-24), hour(24)), now},
		{"good, and what comes is no relay's", codeTLS, noTrouble, "", "Public Authority", issue(t, "localhost", hour(-24), hour(24)), now},
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
	}{
		{"another than the invite names", "sha256:" + strings.Repeat("0", 64), codeStranger, "Example Firewall", report.FaultNetwork, certify(t, nil)},
		{"a stranger's", "", codeStranger, "Example Firewall", report.FaultNetwork, certify(t, nil)},
		{"expired", "", "tls.certificate", "", report.FaultServer, issue(t, "localhost", now.AddDate(0, 0, -2), now.AddDate(0, 0, -1))},
		{"for another host", "", "tls.certificate", "", report.FaultServer, issue(t, "elsewhere.example", now.AddDate(0, 0, -2), now.AddDate(0, 0, 1))},
		{"of tomorrow", "", codeClock, "", report.FaultYou, issue(t, "localhost", now.AddDate(0, 0, 1), now.AddDate(0, 0, 2))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, err := exchange.NewClient("https://localhost:"+secured(t, tt.cert), tt.pin)
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
