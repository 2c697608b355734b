package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecheck/report/envelope"
	"linecheck/report/strict"
)

// maxAnswer bounds what is read of any answer, in bytes.
const maxAnswer = 1 << 20

// Client talks to one recruiter's server.
type Client struct {
	base *url.URL
	pin  string
	http *http.Client
}

// NewClient talks to the server at origin ("https://host[:port]"). With a pin
// ("sha256:" and the hex SHA-256 of the certificate's public key) just that
// certificate is trusted, whoever issued it.
func NewClient(origin, pin string) (*Client, error) {
	u, err := ParseOrigin(origin)
	if err != nil {
		return nil, err
	}
	c := &Client{base: u, pin: pin}
	c.http = &http.Client{
		Transport:     c.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// ParseOrigin reads "https://host[:port]" and nothing more.
func ParseOrigin(origin string) (*url.URL, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.TrimSuffix(origin, "/") != "https://"+u.Host {
		return nil, fmt.Errorf("%q is not a server address like https://jobs.example", origin)
	}
	u.Path = ""
	return u, nil
}

// PinOf is the pin of a certificate: "sha256:" and the hex SHA-256 of its SubjectPublicKeyInfo.
func PinOf(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ErrPin: the server's certificate is not the one that the invite names.
var ErrPin = errors.New("the server's certificate is not the one the invite names")

// TLS is the client's TLS configuration: public roots, or the pinned certificate alone.
func (c *Client) TLS() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.base.Hostname()}
	if c.pin == "" {
		return cfg
	}
	cfg.InsecureSkipVerify = true // the pin below takes the place of the chain
	cfg.VerifyConnection = func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 || PinOf(s.PeerCertificates[0]) != c.pin {
			return ErrPin
		}
		return nil
	}
	return cfg
}

// Transport is a fresh HTTP transport with the client's trust. HTTP/2 is off:
// measurements need connections of their own.
func (c *Client) Transport() *http.Transport {
	return &http.Transport{
		Proxy:                 Proxy(),
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSClientConfig:       c.TLS(),
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 20 * time.Second,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       30 * time.Second,
		TLSNextProto:          map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
}

// Origin is the server's address.
func (c *Client) Origin() string { return c.base.String() }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Trust fetches the tenant's trust file. It is not verified here.
func (c *Client) Trust(ctx context.Context) (envelope.Envelope, error) {
	return c.envelope(ctx, http.MethodGet, TrustPath, nil)
}

// Date asks what time it is at the server, to the second, as every answer of a web
// server says. ok is false where it does not answer as itself, or does not say.
func (c *Client) Date(ctx context.Context) (at time.Time, ok bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.String()+TrustPath, nil)
	if err != nil {
		return at, false
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return at, false
	}
	defer resp.Body.Close()
	at, err = http.ParseTime(resp.Header.Get("Date"))
	return at, err == nil
}

// Bridge fetches the last trust file that the tenant's former root key sealed:
// it names the root key that sealed the present one. It is not verified here.
func (c *Client) Bridge(ctx context.Context) (envelope.Envelope, error) {
	return c.envelope(ctx, http.MethodGet, BridgePath, nil)
}

// Submit uploads a bundle and returns the receipt. The same report again gets the first receipt.
func (c *Client) Submit(ctx context.Context, bundle []byte) (envelope.Envelope, error) {
	return c.envelope(ctx, http.MethodPost, ReportPath, bundle)
}

// Checkpoint fetches the newest checkpoint of the server's log. It is not verified here.
func (c *Client) Checkpoint(ctx context.Context) (envelope.Envelope, error) {
	return c.envelope(ctx, http.MethodGet, CheckpointPath, nil)
}

// Growth fetches the proof that the log of to entries continues the one of from.
func (c *Client) Growth(ctx context.Context, from, to int64) (Growth, error) {
	var g Growth
	err := c.call(ctx, http.MethodGet, fmt.Sprintf("%s?from=%d&to=%d", GrowthPath, from, to), nil, &g)
	return g, err
}

// envelope asks for something sealed. It is not verified here.
func (c *Client) envelope(ctx context.Context, method, path string, body []byte) (envelope.Envelope, error) {
	data, err := c.do(ctx, method, path, body)
	if err != nil {
		return envelope.Envelope{}, err
	}
	e, err := envelope.Parse(data)
	if err != nil {
		return e, foreign(http.StatusOK, err)
	}
	return e, nil
}

// Open asks for a measuring session.
func (c *Client) Open(ctx context.Context, req OpenRequest) (*Session, error) {
	var g Grant
	if err := c.call(ctx, http.MethodPost, SessionPath, req, &g); err != nil {
		return nil, err
	}
	return &Session{Client: c, Grant: g}, nil
}

// call sends v as JSON (nothing where v is nil) and reads the answer into answer.
func (c *Client) call(ctx context.Context, method, path string, v, answer any) error {
	var body []byte
	if v != nil {
		var err error
		if body, err = strict.Encode(v); err != nil {
			return err
		}
	}
	data, err := c.do(ctx, method, path, body)
	if err != nil {
		return err
	}
	switch a := answer.(type) {
	case *Grant:
		err = strict.Decode(data, maxAnswer, a)
	case *Growth:
		err = strict.Decode(data, maxAnswer, a)
	case *Echo:
		err = strict.Decode(data, maxAnswer, a)
	case *Clock:
		err = strict.Decode(data, maxAnswer, a)
	case *ICE:
		err = strict.Decode(data, maxAnswer, a)
	default:
		return fmt.Errorf("no decoder for %T", answer)
	}
	if err != nil {
		return foreign(http.StatusOK, err)
	}
	return nil
}

// foreign is the error for an answer that is none of our server's: a proxy's
// or a log-in page's, whatever its status.
func foreign(status int, cause error) error {
	return &Error{Code: ForeignAnswer, Message: fmt.Sprintf("something else than the recruiter's server answered (HTTP status %d)", status), Status: status, Cause: cause}
}

func (c *Client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // what comes at the moment of the stop can be the stop's own echo: an empty answer
	}
	if len(data) > maxAnswer {
		return nil, errors.New("the server's answer is too long")
	}
	if resp.StatusCode/100 != 2 {
		return nil, errorFrom(resp.StatusCode, data)
	}
	return data, nil
}

// errorFrom reads the server's error; anything else that answers has none of its codes.
func errorFrom(status int, data []byte) error {
	e := Error{}
	if err := strict.Decode(data, maxAnswer, &e); err != nil || e.Code == "" {
		return foreign(status, err)
	}
	e.Status = status
	return &e
}
