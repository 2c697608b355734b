package wire_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/wire"
	"linecheck/report"
	"linecheck/report/exchange"
)

// What was wrong with a certificate says whose fault it is.
func TestCertificates(t *testing.T) {
	now := time.Now()
	by := func(err error) error {
		return &url.Error{Op: "Get", URL: "https://jobs.example", Err: &tls.CertificateVerificationError{Err: err, UnverifiedCertificates: []*x509.Certificate{{Raw: []byte{1}}}}}
	}
	expired := func(from, to time.Time) error {
		return x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: from, NotAfter: to}, Reason: x509.Expired}
	}
	for _, tt := range []struct {
		name, code string
		fault      report.Fault
		err        error
	}{
		{"another than the invite names", "internet.tls.intercepted", report.FaultNetwork, fmt.Errorf("x: %w", exchange.ErrPin)},
		{"by nobody known", "internet.tls.intercepted", report.FaultNetwork, by(x509.UnknownAuthorityError{})},
		{"of next year", "internet.clock.wrong", report.FaultYou, by(expired(now.AddDate(1, 0, 0), now.AddDate(2, 0, 0)))},
		{"expired, and by nobody known", "internet.tls.intercepted", report.FaultNetwork, by(expired(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)))},
	} {
		var p *checks.Problem
		if err := wire.Problem("internet", tt.err); !errors.As(err, &p) || p.Code != tt.code || p.Fault != tt.fault {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if wire.KnownAuthority(nil) {
		t.Error("no certificate is somebody's")
	}
}
