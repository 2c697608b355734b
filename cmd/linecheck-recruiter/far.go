package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"

	"github.com/pion/stun/v3"

	"linecheck/checks/probe"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/door"
)

// shortestSecret is the least bytes of a secret shared with a TURN server.
const shortestSecret = 16

// far starts the probe and returns the listeners that HTTP is to be served on. host
// is the public one; it counts for calls where it was given. limit stands before all of them: a proxy brings those of the web, never those of calls.
func far(f serveFlags, host string, owner probe.Owner, ln net.Listener, limit *door.ConnLimit, tlsConfig *tls.Config, log *slog.Logger) (*probe.Probe, []net.Listener, error) {
	cfg := probe.Config{Owner: owner, MediaAddr: ln.Addr().String(), Log: log, Places: f.tests, LineMbps: f.line}
	if f.publicURL != "" {
		cfg.PublicHost = host
	}
	var err error
	if cfg.TURN, err = external(f); err != nil {
		return nil, nil, err
	}
	if f.second != "" {
		if cfg.SecondAddr, err = netip.ParseAddr(f.second); err != nil {
			return nil, nil, cli.Fail(cli.Usage, "--second-address %s is not an IP address", f.second)
		}
	}
	listeners := []net.Listener{limit.Before(ln, connectionsOfOne(f))}
	if f.calls != "" {
		calls, err := net.Listen("tcp", f.calls)
		if err != nil {
			return nil, nil, notListening("--calls", err)
		}
		cfg.MediaAddr = calls.Addr().String()
		listeners = append(listeners, limit.Before(calls, door.PerAddress))
	}
	if own, err := netip.ParseAddrPort(cfg.MediaAddr); err == nil && cfg.SecondAddr.IsValid() && !own.Addr().IsUnspecified() && own.Addr().Unmap().Is4() != cfg.SecondAddr.Is4() {
		return nil, nil, cli.Fail(cli.Usage, "--second-address %s is of another family than the first, %s: both are asked over one", f.second, own.Addr())
	}
	p, err := probe.New(cfg)
	if err != nil {
		return nil, nil, fmt.Errorf("the probe cannot listen for media: %w", err)
	}
	for i, l := range listeners {
		listeners[i] = p.Listen(l, tlsConfig)
	}
	return p, listeners, nil
}

// external reads which TURN server relays in the probe's place; nil means none.
func external(f serveFlags) (*probe.TURNServer, error) {
	if len(f.turn) == 0 {
		return nil, nil
	}
	for _, uri := range f.turn {
		u, err := stun.ParseURI(uri)
		if err != nil || u.Scheme != stun.SchemeTypeTURN && u.Scheme != stun.SchemeTypeTURNS || u.Port < 1 || u.Port > 65535 {
			return nil, cli.Fail(cli.Usage, "--turn-external: %q is not an address like turn:turn.example:3478?transport=udp", uri)
		}
		if u.Scheme == stun.SchemeTypeTURNS && u.Proto == stun.ProtoTypeUDP {
			return nil, cli.Fail(cli.Usage, "--turn-external: %q is TURN over DTLS, which nobody would use: give it with ?transport=tcp", uri)
		}
	}
	secret, err := os.ReadFile(f.turnSecret)
	if err != nil {
		return nil, cli.Fail(cli.Usage, "--turn-secret-file: %w", err)
	}
	if secret = bytes.TrimSpace(secret); len(secret) < shortestSecret {
		return nil, cli.Fail(cli.Usage, "--turn-secret-file: the secret must have %d characters at least", shortestSecret)
	}
	return &probe.TURNServer{URIs: f.turn, Secret: secret}, nil
}
