package webrtc

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/address"
	"linecheck/checks/internal/clock"
	"linecheck/checks/internal/wire"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// Config is what the checks of this family need.
type Config struct {
	// Far opens or returns the measuring session with the probe; nil where there is no invite.
	Far func(ctx context.Context) (*exchange.Session, error)
	// Open verifies that an observation is sealed by a trusted probe and reads it;
	// nil leaves observations out of the evidence.
	Open func(envelope.Envelope) (report.Observation, error)
	// Memory, where both checks have the same, lets [Media] begin with what [Connect] found; nil is none.
	Memory *Memory
	// STUN are the public servers, as host:port, that are asked without an invite;
	// empty means [PublicSTUN].
	STUN []string

	// span is how long media flows; 0 means mediaSpan. Tests shorten it.
	span time.Duration
	// drop loses packets of the call on purpose, in tests.
	drop func(way Way, out bool, packet []byte) bool
}

// PublicSTUN are well-known public STUN servers, run by different companies.
func PublicSTUN() []string {
	return []string{"stun.l.google.com:19302", "stun.cloudflare.com:3478", "global.stun.twilio.com:3478"}
}

func (c Config) stunServers() []string {
	if len(c.STUN) > 0 {
		return c.STUN
	}
	return PublicSTUN()
}

// far opens the session; its error is ready to be returned by a check.
func (c Config) far(ctx context.Context) (*exchange.Session, error) {
	s, err := c.Far(ctx)
	if err == nil {
		return s, nil
	}
	if onlyIPv6(err) {
		err = checks.Unavailable("webrtc."+codeIPv6, report.FaultNetwork, err)
	}
	var at *url.Error
	if errors.As(err, &at) && isTimeout(err) && mute(ctx, at.URL) {
		err = checks.Unavailable("webrtc."+codeAway, report.FaultServer, err)
	}
	return nil, problem(ctx, err)
}

// onlyIPv6 says whether an address could not be reached because it is one of IPv4
// and this computer's network has IPv6 alone.
func onlyIPv6(err error) bool {
	var op *net.OpError
	if !wire.NoRoute(err) || !errors.As(err, &op) {
		return false
	}
	var ip netip.Addr
	switch a := op.Addr.(type) {
	case *net.TCPAddr:
		ip, _ = netip.AddrFromSlice(a.IP)
	case *net.UDPAddr:
		ip, _ = netip.AddrFromSlice(a.IP)
	}
	_, noWay := address.Source(address.SomewhereIPv6())
	return ip.Unmap().Is4() && noWay == nil
}

// problem turns an error of talking to the server into what a check returns.
func problem(ctx context.Context, err error) error {
	var known *checks.Problem
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &known):
		return err
	case clock.Wrong(ctx, err):
		return checks.Unavailable("webrtc."+codeClock, report.FaultYou, err)
	default:
		return wire.Problem("webrtc", err)
	}
}

// again asks the server, and once more where the answer was that a kept connection
// had ended: only a new one shows whether the server is there.
func again(ctx context.Context, s *exchange.Session, ask func() error) error {
	err := ask()
	if err == nil || ctx.Err() != nil || !ended(err) {
		return err
	}
	if _, gone := s.Clock(ctx); gone != nil {
		return gone
	}
	return ask()
}

// ended says whether a connection ended before the answer had come.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || wire.Reset(err)
}

const (
	// askLimit bounds a question to the server that is quickly answered.
	askLimit = 4 * time.Second
	// hungLimit is how long a server that takes a new connection may be silent on it, at least: hungTrips times as long as
	// the connecting took, where the line is long. An answer takes three or four round trips.
	hungLimit = 2 * time.Second
	hungTrips = 6
)

// afterwards is the problem of a question to the server that failed with err, in the
// light of what can be found out now: that there is no way to it any more, or that it hangs.
func afterwards(ctx context.Context, s *exchange.Session, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if gone := noRoute(ctx, s); gone != nil {
		return gone
	}
	var known *checks.Problem
	err = problem(ctx, err)
	if errors.As(err, &known) && (known.Code == "webrtc."+codeTimeout || known.Code == "webrtc.broken") && hangs(ctx, s) {
		return checks.Unavailable("webrtc."+codeAway, report.FaultServer, err)
	}
	return err
}

// knock connects to what is at an address, and says how long it may be silent on that way.
func knock(ctx context.Context, at *url.URL) (conn net.Conn, patience time.Duration, err error) {
	d := net.Dialer{Timeout: hungLimit}
	begin := time.Now()
	conn, err = d.DialContext(ctx, "tcp", address.HostPort(at))
	return conn, max(hungLimit, hungTrips*time.Since(begin)), err
}

// mute says whether what is at an address takes a new connection and does not begin TLS on it.
func mute(ctx context.Context, at string) bool {
	u, err := url.Parse(at)
	if err != nil {
		return false
	}
	conn, patience, err := knock(ctx, u)
	if err != nil {
		return false
	}
	defer conn.Close()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = tls.Client(conn, &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true}).HandshakeContext(limited) // only whether it speaks
	return ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded)
}

// hangs says whether the server takes a new connection and says nothing on it, while
// it did answer this session before: then it is not the way that is dead.
func hangs(ctx context.Context, s *exchange.Session) bool {
	u, err := url.Parse(s.Origin())
	if err != nil {
		return false
	}
	conn, patience, err := knock(ctx, u)
	if err != nil {
		return false
	}
	_ = conn.Close()
	transport := s.Transport()
	defer transport.CloseIdleConnections()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, s.URL("/clock"), nil)
	if err != nil {
		return false
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return ctx.Err() == nil && limited.Err() != nil
	}
	_ = resp.Body.Close()
	return false
}
