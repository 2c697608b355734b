// Package wire turns what the network did to a request into a reason: a stable
// code and whose fault it is. It sends nothing itself.
package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/exchange"
)

// Problem is the error a check returns when talking to the far end failed with
// err; family is the first part of the code, as "internet".
func Problem(family string, err error) error {
	if err == nil {
		return nil
	}
	code, fault := classify(err)
	return checks.Unavailable(family+"."+code, fault, err)
}

// ClockBehind says whether a certificate was refused because it does not count
// yet. Nobody hands certificates out before their time: then this computer's clock is behind.
func ClockBehind(err error, now time.Time) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && now.Before(invalid.Cert.NotBefore)
}

// Verify verifies a certificate, first in the list that came with it, by the others in
// the list as links to an authority.
func Verify(certs []*x509.Certificate, by x509.VerifyOptions) error {
	if len(certs) == 0 {
		return errors.New("no certificate")
	}
	by.Intermediates = x509.NewCertPool()
	for _, c := range certs[1:] {
		by.Intermediates.AddCert(c)
	}
	_, err := certs[0].Verify(by)
	return err
}

// Issuer is a name for who made a certificate, first in the list that came with it;
// empty where there is none.
func Issuer(certs []*x509.Certificate) string {
	if len(certs) == 0 {
		return ""
	}
	name := certs[0].Issuer
	if len(name.Organization) > 0 {
		return name.Organization[0]
	}
	return name.CommonName
}

// KnownAuthority says whether a certificate, first in the list that came with it, is
// by an authority that this computer trusts, whatever the certificate's time and host.
func KnownAuthority(certs []*x509.Certificate) bool {
	if len(certs) == 0 {
		return false
	}
	now := time.Now()
	fresh := *certs[0] // as if it were of today, for authorities that are younger than it
	fresh.NotBefore, fresh.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
	for _, one := range []struct {
		cert *x509.Certificate
		at   time.Time
	}{{certs[0], certs[0].NotBefore.Add(time.Second)}, {certs[0], certs[0].NotAfter.Add(-time.Second)}, {&fresh, now}} {
		if Verify(append([]*x509.Certificate{one.cert}, certs[1:]...), x509.VerifyOptions{CurrentTime: one.at}) == nil {
			return true
		}
	}
	return false
}

func classify(err error) (string, report.Fault) {
	var said *exchange.Error
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &said) && said.Code == exchange.ForeignAnswer:
		return "answer.foreign", report.FaultNetwork
	case errors.As(err, &said):
		return "server.refused", report.FaultServer
	case errors.As(err, &dns):
		return "dns", report.FaultNetwork
	case ClockBehind(err, time.Now()):
		return "clock.wrong", report.FaultYou
	case errors.As(err, &verify) && KnownAuthority(verify.UnverifiedCertificates):
		return "tls.certificate", report.FaultServer // out of date, or another host's
	case errors.Is(err, exchange.ErrPin), errors.As(err, &unknown), errors.As(err, &verify):
		return "tls.intercepted", report.FaultNetwork
	case NoRoute(err), hostGone(err):
		return "no-route", report.FaultNetwork
	case turnedAway(err):
		return "server.away", report.FaultServer
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return "timeout", report.FaultNetwork
	default:
		return "broken", report.FaultNetwork
	}
}
