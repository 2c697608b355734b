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
