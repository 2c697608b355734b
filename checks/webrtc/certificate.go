package webrtc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"time"

	"linecheck/checks/internal/address"
	"linecheck/checks/internal/clock"
	"linecheck/checks/internal/wire"
	"linecheck/report/exchange"
)

// stranger: the certificate is none that is trusted here: it is by an authority that nobody knows, or another than the invite names.
type stranger struct {
	issuer string // who made it
	err    error
}

func (s *stranger) Error() string { return fmt.Sprintf("a certificate by %q: %v", s.issuer, s.err) }
func (s *stranger) Unwrap() error { return s.err }

// misfit: the certificate is by a known authority, and for another time or another host.
type misfit struct{ err error }

func (m *misfit) Error() string { return m.err.Error() }
func (m *misfit) Unwrap() error { return m.err }

// tlsFor trusts what the session trusts. A relay of another name may also have a certificate by public roots.
func tlsFor(s *exchange.Session, host string) *tls.Config {
	cfg := s.TLS()
	own := cfg.ServerName
	pinned := cfg.VerifyConnection
	cfg.ServerName = host
	cfg.InsecureSkipVerify = true // what follows takes its place, to be able to name a stranger
	cfg.VerifyConnection = func(state tls.ConnectionState) error {
		err := error(exchange.ErrPin)
		if pinned != nil {
			if err = pinned(state); err == nil {
				return nil
			}
		}
		if pinned == nil || host != own {
			if err = wire.Verify(state.PeerCertificates, x509.VerifyOptions{DNSName: host}); err == nil {
				return nil
			}
			if wire.KnownAuthority(state.PeerCertificates) {
				return &misfit{err}
			}
		}
		return &stranger{issuer: wire.Issuer(state.PeerCertificates), err: err}
	}
	return cfg
}

// errClock: a certificate counts at the server's time and does not at this computer's.
var errClock = errors.New("this computer's clock is wrong")

// byServersClock judges a certificate that does not count at this time: where it
// counts at the time that the server tells, it is this computer's clock that is wrong.
func byServersClock(ctx context.Context, s *exchange.Session, err error) error {
	var fits *misfit
	var invalid x509.CertificateInvalidError
	if !errors.As(err, &fits) || !errors.As(err, &invalid) || invalid.Reason != x509.Expired || invalid.Cert == nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, clock.Limit)
	defer cancel()
	told, gone := s.Clock(limited)
	if gone != nil {
		return err
	}
	there := time.UnixMilli(told.ClockMS)
	if there.Before(invalid.Cert.NotBefore) || there.After(invalid.Cert.NotAfter) {
		return err
	}
	return fmt.Errorf("%w: %w", errClock, err)
}

// issuer names who made the certificate that an error is about; empty where none was
// refused. A pin's error does not hold the certificate: it is asked for once more.
func issuer(ctx context.Context, err error) string {
	var foreign *stranger
	var broken *handshake
	var unverified *tls.CertificateVerificationError
	var at *url.Error
	switch {
	case errors.As(err, &foreign):
		return foreign.issuer
	case errors.As(err, &broken):
		return broken.issuer
	case errors.As(err, &unverified):
		if !wire.KnownAuthority(unverified.UnverifiedCertificates) {
			return wire.Issuer(unverified.UnverifiedCertificates)
		}
	case errors.Is(err, exchange.ErrPin) && errors.As(err, &at):
		if u, err := url.Parse(at.URL); err == nil {
			return issuerAt(ctx, u)
		}
	}
	return ""
}

// issuerAt asks who made the certificate that answers at an address. Nothing is said to it.
func issuerAt(ctx context.Context, u *url.URL) string {
	limited, cancel := context.WithTimeout(ctx, clock.Limit)
	defer cancel()
	d := tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true}} // to be named, not trusted
	conn, err := d.DialContext(limited, "tcp", address.HostPort(u))
	if err != nil {
		return ""
	}
	defer cutOff(conn)
	return wire.Issuer(conn.(*tls.Conn).ConnectionState().PeerCertificates)
}
