package webrtc

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/stun/v3"
)

// refusalEvery is how long each of the questions of [refusal] waits for a refusal, and refusalTries how many there are.
const (
	refusalEvery = 500 * time.Millisecond
	refusalTries = 3
)

// refusal is the error by which something on the way refuses UDP to the server, nil where nothing says so:
// it was answered, or silence. The survey of the NAT has a socket for many servers, which systems tell of no refusal.
func refusal(ctx context.Context, server netip.AddrPort) error {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(server))
	if err != nil {
		return nil
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	tellAll(conn, true)
	b := make([]byte, 1500)
	for range refusalTries {
		if _, err := conn.Write(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw); err != nil {
			return err // of the request before
		}
		_ = conn.SetReadDeadline(time.Now().Add(refusalEvery))
		switch _, err := conn.Read(b); {
		case errors.Is(err, os.ErrDeadlineExceeded):
		case ctx.Err() != nil:
			return nil
		default:
			return err
		}
	}
	return nil
}
