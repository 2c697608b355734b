package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"linecheck/checks/internal/wire"
	"linecheck/report/exchange"
)

// The values of the fact tls: whose certificate answers for the server.
const (
	tlsPinned   = "pinned"   // the one that the invite names
	tlsPublic   = "public"   // by a public authority
	tlsPrivate  = "private"  // by an authority that this computer alone trusts: somebody reads along
	tlsStranger = "stranger" // by nobody who is trusted
	tlsClock    = "clock"    // one that counts at the server's time, and not at this computer's
	tlsUnfit    = "unfit"    // the server's own, out of date or for another host
	tlsBroken   = "broken"   // there is a connection, and no TLS comes about on it
)

// The values of the fact server, beside those of connections: who answers a request to it.
const (
	serverAnswers = "works"
	serverForeign = "foreign"       // something that is not the server
	serverFailing = "failing"       // it answers that it cannot
	proxyLogin    = "proxy.login"   // the proxy wants to know who asks
	proxyRefused  = "proxy.refused" // the proxy does not let the connection through
	proxyDead     = "proxy.dead"    // the proxy cannot be reached
)

// answer is what came of a request to the server.
type answer struct {
	server, tls string
	issuer      string // who made the certificate of a stranger, or of somebody who reads along
	took        time.Duration
}

// askPatience bounds one request to the server.
const askPatience = 4 * time.Second

// proxyStatus: a proxy answered with another status than 200.
type proxyStatus struct{ code int }

func (p *proxyStatus) Error() string { return "the proxy answers " + http.StatusText(p.code) }

// ask asks the server for its public keys as the other checks reach it: over the
// proxy, where one is set. Whatever the certificate, the answer is read, to name who it is.
func ask(ctx context.Context, server *url.URL, path, pin string, through func(*http.Request) (*url.URL, error)) (a answer) {
	limited, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	var seen atomic.Pointer[certificate] // written by the connection's own goroutine
	transport := &http.Transport{
		Proxy:             through,
		DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{
			ServerName:         server.Hostname(),
			InsecureSkipVerify: true, // what is trusted is found out below, and named; nothing secret is sent
			VerifyConnection: func(state tls.ConnectionState) error {
				seen.Store(trust(state, server.Hostname(), pin))
				return nil
			},
		},
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &proxyStatus{resp.StatusCode}
			}
			return nil
		},
	}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(limited, http.MethodGet, server.String()+path, nil)
	if err != nil {
		return answer{}
	}
	begin := time.Now()
	resp, err := client.Do(req)
	a.took = time.Since(begin)
	if c := seen.Load(); c != nil {
		a.tls, a.issuer = c.kind, c.issuer
	}
	if err != nil {
		a.server = a.failed(err)
		return a
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if c := seen.Load(); a.tls == tlsUnfit {
		switch date, err := http.ParseTime(resp.Header.Get("Date")); {
		case path == exchange.TrustPath && !json.Valid(body):
			a.tls, a.issuer = tlsStranger, issuerOf(c.chain) // a page of somebody else, with a certificate of its own
		case err == nil && wire.Verify(c.chain, x509.VerifyOptions{DNSName: server.Hostname(), CurrentTime: date}) == nil:
			a.tls = tlsClock
		}
	}
	switch strange := a.tls == tlsStranger; {
	case strange, resp.StatusCode == http.StatusNetworkAuthenticationRequired:
		a.server = serverForeign
	case resp.StatusCode >= 500:
		a.server = serverFailing
	case path == exchange.TrustPath && resp.StatusCode != http.StatusOK:
		a.server = serverForeign
	default:
		a.server = serverAnswers
	}
	return a
}

// certificate is whose certificate a server showed, and who made it where that is of interest.
type certificate struct {
	kind, issuer string
	chain        []*x509.Certificate // of one that is unfit
}

// failed names why nothing was answered.
func (a *answer) failed(err error) string {
	var status *proxyStatus
	var op *net.OpError
	var record tls.RecordHeaderError
	proxied := errors.As(err, &op) && op.Op == "proxyconnect"
	switch {
	case errors.As(err, &status) && status.code == http.StatusProxyAuthRequired:
		return proxyLogin
	case errors.As(err, &status):
		return proxyRefused
	case proxied:
		return proxyDead
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		a.tls = tlsBroken
		return serverForeign
	case a.tls != "": // the certificate was seen, and then nothing
		return dropped
	}
	state := became(err)
	if errors.Is(err, io.EOF) || wire.Reset(err) {
		a.tls = tlsBroken
	}
	return state
}

// trust says what a certificate is worth here.
func trust(state tls.ConnectionState, host, pin string) *certificate {
	certs := state.PeerCertificates
	if len(certs) == 0 {
		return &certificate{kind: tlsStranger}
	}
	if pin != "" {
		if exchange.PinOf(certs[0]) == pin {
			return &certificate{kind: tlsPinned}
		}
		return &certificate{kind: tlsStranger, issuer: issuerOf(certs)}
	}
	err := wire.Verify(certs, x509.VerifyOptions{DNSName: host})
	switch {
	case wire.ClockBehind(err, time.Now()):
		return &certificate{kind: tlsClock}
	case err != nil && wire.KnownAuthority(certs):
		return &certificate{kind: tlsUnfit, chain: certs}
	case err != nil:
		return &certificate{kind: tlsStranger, issuer: issuerOf(certs)}
	}
	if err := wire.Verify(certs, x509.VerifyOptions{DNSName: host, Roots: publicRoots()}); err != nil {
		return &certificate{kind: tlsPrivate, issuer: issuerOf(certs)}
	}
	return &certificate{kind: tlsPublic}
}

// publicRoots are the authorities that Mozilla's programs trust, whatever this computer has added.
func publicRoots() *x509.CertPool {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		c, err := x509.ParseCertificate(root.Certificate)
		switch {
		case err != nil:
		case root.Constraint != nil:
			pool.AddCertWithConstraint(c, root.Constraint)
		default:
			pool.AddCert(c)
		}
	}
	return pool
}

// issuerOf is a name for who made a certificate, at most 80 bytes long.
func issuerOf(certs []*x509.Certificate) string {
	name := wire.Issuer(certs)
	return name[:min(len(name), 80)]
}
