package network

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"

	"linecheck/checks/internal/address"
)

// greetPatience bounds one greeting.
const greetPatience = 2500 * time.Millisecond

// greets says whether TLS comes about with a server in small pieces: no packet of it
// is longer than any network carries (RFC 9293, 3.7.1: 536 bytes), where the system lets
// programs ask for that; elsewhere the first one, at least, is short. Where only that
// works, long packets are lost on the way.
func greets(ctx context.Context, server *url.URL) bool {
	limited, cancel := context.WithTimeout(ctx, greetPatience)
	defer cancel()
	d := net.Dialer{Control: smallPieces}
	conn, err := d.DialContext(limited, "tcp", address.HostPort(server))
	if err != nil {
		return false
	}
	defer conn.Close()
	secured := tls.Client(conn, &tls.Config{
		ServerName: server.Hostname(), InsecureSkipVerify: true, // whose certificate it is has been found out before
		CurvePreferences: []tls.CurveID{tls.X25519}, // the newer ones make the first packet long
	})
	return secured.HandshakeContext(limited) == nil
}
