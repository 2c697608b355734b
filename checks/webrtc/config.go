package webrtc

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/address"
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
	// STUN are the public servers, as host:port, that are asked without an invite;
	// empty means [PublicSTUN].
	STUN []string

	// span is how long media flows; 0 means mediaSpan. Tests shorten it.
	span time.Duration
	// drop loses packets of the call on purpose, in tests.
	drop func(out bool, packet []byte) bool
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
	default:
		return wire.Problem("webrtc", err)
	}
}
