package webrtc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/pion/stun/v3"

	"linecheck/checks"
	"linecheck/checks/internal/address"
	"linecheck/checks/internal/wire"
	"linecheck/report/exchange"
)

// The codes of what goes wrong on a way, after "webrtc.".
const (
	codeNoRoute     = "no-route"
	codeDNS         = "dns"
	codeUDPDropped  = "udp.blocked"  // nothing comes back
	codeUDPRejected = "udp.rejected" // something on the way says no
	codeTCPDropped  = "tcp.blocked"
	codeTCPRejected = "tcp.rejected"
	codeStranger    = "tls.intercepted"
	codeTLS         = "tls.broken"
	codeClock       = "clock.wrong"
	codeIPv6        = "ipv6.only"
	codeCredentials = "turn.credentials"
	codeRefused     = "turn.refused"
	codeQuota       = "turn.quota"
	codeDead        = "turn.dead"        // it can be reached and says nothing
	codeCertificate = "turn.certificate" // it is of another time or for another host

	// Those of the server, and of the steps of a call.
	codeAway    = "server.away"
	codeSaidNo  = "server.refused"
	codeAnswer  = "answer.bad"
	codeForeign = "answer.foreign"
	codeTimeout = "timeout"
	codeBroken  = "broken"
	codeICE     = "ice.failed"
	codeDTLS    = "dtls.blocked"
	codeChannel = "datachannel.blocked"
	codeSilent  = "echo.silent"
	codeOnly443 = "only-443"
	codeNoRelay = "nat.no-relay"
	codeStopped = "media.stopped"
	codeLarge   = "packets.large"
)

// dial opens a connection to a way's server: TCP, or TLS over it.
func (w server) dial(ctx context.Context, s *exchange.Session) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address.Join(w.host, w.port))
	if err != nil || w.way != TURNTLS {
		return conn, err
	}
	secured := tls.Client(conn, tlsFor(s, w.host))
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &handshake{err: err}
	}
	return secured, nil
}

// handshake: TLS failed after TCP had connected, or what came within it was no relay's.
type handshake struct {
	err    error
	issuer string // who made the certificate, where one was taken
}

func (h *handshake) Error() string { return h.err.Error() }
func (h *handshake) Unwrap() error { return h.err }

// why is the problem of a way that could not be had with err.
func (w Way) why(err error) *checks.Problem {
	code := w.code(err)
	return &checks.Problem{Code: "webrtc." + code, Fault: faultOf(code), Cause: err}
}

func (w Way) code(err error) string {
	var known *checks.Problem
	var dns *net.DNSError
	var foreign *stranger
	var fits *misfit
	var broken *handshake
	var said *stun.TurnError
	switch {
	case errors.As(err, &known):
		return trimFamily(known.Code)
	case errors.As(err, &said):
		return turnCode(said.ErrorCodeAttr.Code)
	case errors.As(err, &dns):
		return codeDNS
	case errors.Is(err, errClock):
		return codeClock
	case errors.As(err, &fits):
		return codeCertificate
	case errors.As(err, &foreign):
		return codeStranger
	case errors.As(err, &broken):
		return codeTLS
	case wire.NoRoute(err), errors.Is(err, errNoAddress):
		return codeNoRoute
	case errors.Is(err, errSaysNothing):
		return w.pick(codeUDPDropped, codeDead) // over UDP silence can be the way's
	case wire.Refused(err):
		return w.pick(codeUDPRejected, codeTCPRejected)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.Canceled), isTimeout(err):
		return w.pick(codeUDPDropped, codeTCPDropped)
	}
	if w == TURNTLS {
		return codeTLS
	}
	return w.pick(codeUDPDropped, codeBroken)
}

func (w Way) pick(udp, tcp string) string {
	if w.overUDP() {
		return udp
	}
	return tcp
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// turnCode is the code for a TURN server's refusal.
func turnCode(code stun.ErrorCode) string {
	switch code {
	case stun.CodeBadRequest, stun.CodeUnauthorized, stun.CodeWrongCredentials, stun.CodeStaleNonce: // pion says 400 for a wrong password, coturn 401
		return codeCredentials
	case stun.CodeAllocQuotaReached, stun.CodeInsufficientCapacity:
		return codeQuota
	}
	return codeRefused
}

func trimFamily(code string) string { return strings.TrimPrefix(code, "webrtc.") }

// routed are the addresses of this computer from which its system would send to
// the host, one a family: those that a call takes, whatever other adapters there are.
func routed(ctx context.Context, host string) (far, own []netip.Addr, err error) {
	ips, err := address.Lookup(ctx, host)
	if err != nil {
		return nil, nil, err
	}
	for _, ip := range ips {
		from, noWay := address.Source(ip)
		if noWay != nil {
			err = noWay
			continue
		}
		far = append(far, ip)
		if !slices.Contains(own, from) {
			own = append(own, from)
		}
	}
	if len(own) > 0 {
		return far, own, nil
	}
	return nil, nil, fmt.Errorf("%w: %w", errNoAddress, err)
}
