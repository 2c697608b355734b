package internet

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/showwin/speedtest-go/speedtest"

	"linecheck/report/exchange"
)

const (
	// candidates is how many public servers are tried.
	candidates = 3
	// maxList bounds the list of public servers, in bytes.
	maxList = 1 << 20
)

// target is a speed-test server: the recruiter's probe, or a public one.
type target struct {
	// url is where it takes uploads, as ".../speedtest/upload.php"; its other files lie beside it.
	url string
	// session is nil for a public server.
	session *exchange.Session
	// transport makes a fresh transport with the target's trust.
	transport func() *http.Transport
}

// file is the address of a file beside the upload.
func (t target) file(name string) string {
	u, err := url.Parse(t.url)
	if err != nil {
		return t.url // refused when it is asked for
	}
	u.Path = path.Dir(u.Path)
	return u.JoinPath(name).String()
}

// probeTarget is the recruiter's probe.
func probeTarget(s *exchange.Session) target {
	return target{url: s.URL("/speedtest/upload.php"), session: s, transport: s.Transport}
}

// publicTransport trusts public roots and goes through the configured proxy.
func publicTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 exchange.Proxy(),
		DialContext:           (&net.Dialer{Timeout: dialPatience}).DialContext,
		ResponseHeaderTimeout: 20 * time.Second,
		IdleConnTimeout:       30 * time.Second,
		ForceAttemptHTTP2:     false,
	}
}

// errNoPublic: the list of public servers names none that answers.
var errNoPublic = errors.New("no public speed-test server answers")

// nearest asks the library for the public servers that answer first, at most three.
func nearest(ctx context.Context, transport func() *http.Transport) (found []target, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience) // the list, then one ping of each
	defer cancel()
	s := newSockets()
	defer s.end()
	leash := &leash{base: s.tune(transport()), ctx: ctx, first: patience}
	defer func() {
		if v := recover(); v != nil { // the library trusts the list's form
			found, err = nil, foreign(http.StatusOK, "the list of servers is malformed")
		}
	}()
	st := newLibrary(newClient(leash), speedtest.NewDataManager())
	list, err := st.FetchServerListContext(ctx)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, speedtest.ErrServerNotFound):
		return nil, errNoPublic
	case errors.As(err, &syntax), errors.As(err, &kind):
		return nil, foreign(http.StatusOK, "the list of servers is malformed")
	case err != nil:
		return nil, err
	}
	return choose(list, transport)
}

// choose takes the servers that answered the library's ping, the quickest first.
func choose(list speedtest.Servers, transport func() *http.Transport) ([]target, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(s *speedtest.Server) bool {
		u, err := url.Parse(s.URL)
		return s.Latency <= 0 || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https"
	})
	slices.SortStableFunc(list, func(a, b *speedtest.Server) int { return int(a.Latency - b.Latency) })
	var found []target
	for _, s := range list[:min(candidates, len(list))] {
		found = append(found, target{url: s.URL, transport: transport})
	}
	if len(found) == 0 {
		return nil, errNoPublic
	}
	return found, nil
}

// leash is the transport for the library's search: it ends with ctx even where
// the library asks under a context of its own, and refuses what is no answer.
type leash struct {
	base http.RoundTripper
	ctx  context.Context
	// first is how long the list itself may take.
	first time.Duration
}

// RoundTrip sends one request that lives no longer than the search.
func (l *leash) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), l.first)
	release := context.AfterFunc(l.ctx, cancel)
	end := func() { release(); cancel() }
	resp, err := l.base.RoundTrip(req.WithContext(ctx))
	if err == nil {
		err = judge(req, resp)
		if err != nil {
			_ = resp.Body.Close()
		}
	}
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = &leashed{Reader: io.LimitReader(resp.Body, maxList), body: resp.Body, end: end}
	return resp, nil
}

// leashed is a bounded body that frees its request's context when closed.
type leashed struct {
	io.Reader
	body io.Closer
	end  func()
}

// Close closes the body and ends its request.
func (l *leashed) Close() error {
	defer l.end()
	return l.body.Close()
}
