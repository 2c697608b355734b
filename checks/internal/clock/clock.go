// Package clock finds out whether a server's certificate fails by this computer's
// clock alone. It judges no certificate otherwise, and says nothing about the server.
package clock

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"time"

	"linecheck/checks/internal/wire"
	"linecheck/report/exchange"
)

// Limit bounds the question what time it is at a server.
const Limit = 2 * time.Second

// Wrong says whether a request failed with err because a certificate is out of date by this computer's clock alone:
// it counts at the time that the server tells, when it is asked without being trusted, on the way that requests
// go. Nothing else is said to it or taken from it. false where the server tells no time within [Limit].
func Wrong(ctx context.Context, err error) bool {
	var refused *tls.CertificateVerificationError
	var invalid x509.CertificateInvalidError
	var at *url.Error
	if !errors.As(err, &refused) || !errors.As(err, &invalid) || invalid.Reason != x509.Expired || !errors.As(err, &at) {
		return false
	}
	u, err := url.Parse(at.URL)
	if err != nil {
		return false
	}
	there, ok := date(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"})
	return ok && wire.Verify(refused.UnverifiedCertificates, x509.VerifyOptions{DNSName: u.Hostname(), CurrentTime: there}) == nil
}

// date is the time that a server tells with its answer.
func date(ctx context.Context, u *url.URL) (there time.Time, ok bool) {
	limited, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodHead, u.String(), nil)
	if err != nil {
		return there, false
	}
	t := &http.Transport{Proxy: exchange.Proxy(), DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	resp, err := t.RoundTrip(req)
	if err != nil {
		return there, false
	}
	_ = resp.Body.Close()
	there, err = http.ParseTime(resp.Header.Get("Date"))
	return there, err == nil
}
