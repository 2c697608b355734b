package webrtc

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"linecheck/checks/internal/address"
)

// nextFamily is after what time the second family is tried beside the first (RFC 8305, 5). A relay that is asked for twice
// at once is left behind once, for ten minutes.
const nextFamily = 250 * time.Millisecond

// overUDP allocates over IPv4 and IPv6, where the server has both: over the one that the system prefers, and over
// the other where that fails or takes long; and takes the first.
func (w server) overUDP(ctx context.Context, echo []netip.Addr) (*tunnel, error) {
	ips, err := address.Lookup(ctx, w.host)
	if err != nil {
		return nil, err
	}
	var families []netip.Addr
	for _, ip := range ips {
		if !slices.ContainsFunc(families, func(f netip.Addr) bool { return f.Is4() == ip.Is4() }) {
			families = append(families, ip)
		}
	}
	return firstOf(ctx, families, nextFamily, func(race context.Context, ip netip.Addr) (*tunnel, error) {
		conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(w.port))))
		if err != nil {
			return nil, err
		}
		tellAll(conn, true)
		defer tellAll(conn, false)
		return w.allocate(race, conn, connected{conn}, echo)
	})
}

// connected makes a packet socket of a connected one, so that the system tells of refusals.
type connected struct{ net.Conn }

func (c connected) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := c.Read(b)
	return n, c.RemoteAddr(), err
}

func (c connected) WriteTo(b []byte, _ net.Addr) (int, error) { return c.Write(b) }
