package webrtc

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"regexp"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// TLS on the way to the relay is opened by somebody else, or the clock is wrong:
// calls work, and it is said what is the matter, and who is in between.
func TestTLSByAStranger(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, code, issuer string
		change             func(*x509.Certificate)
	}{
		{"a firewall's own certificate", codeStranger, "Example Firewall", nil},
		{"a certificate of tomorrow", codeClock, "Example Firewall", func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cert := certify(t, tt.change)
			ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
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
			_, port, _ := net.SplitHostPort(ln.Addr().String())
			cfg := newFarWith(t, func(*probeConfig) {}, answering("/ice", http.StatusOK, func(own string) string {
				return regexp.MustCompile(`turns:127\.0\.0\.1:\d+`).ReplaceAllString(own, "turns:localhost:"+port) // of another name: public roots count too
			})).config(t)
			ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
			if ev.Outcome != report.Measured || ev.Facts["turn-tls"] != tt.code || ev.Facts["trouble"] != tt.code || ev.Facts["issuer"] != tt.issuer || ev.Facts["way"] != string(Direct) {
				t.Errorf("outcome %s, facts %v", ev.Outcome, ev.Facts)
			}
		})
	}
}
