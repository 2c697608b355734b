package webrtc

import (
	"net"
	"net/netip"

	"linecheck/checks/internal/media"
)

// overTCP is the way over TCP to the echo itself (RFC 6544). The WebRTC library
// takes it for UDP to an address that nobody has.
func overTCP(conn net.Conn) *tunnel {
	peer := netip.MustParseAddrPort(nowhere)
	framed := &framedConn{media.NewFramed(newQueued(conn)), net.UDPAddrFromAddrPort(peer)}
	return &tunnel{PacketConn: framed, peer: peer, end: func() { _ = framed.Close() }}
}

// framedConn is a packet socket over TCP.
type framedConn struct {
	*media.Framed
	peer *net.UDPAddr
}

// ReadFrom reads the next packet.
func (f *framedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := f.ReadPacket(b)
	return n, f.peer, err
}

// WriteTo sends a packet.
func (f *framedConn) WriteTo(b []byte, _ net.Addr) (int, error) {
	return len(b), f.WritePacket(b)
}

// LocalAddr is an address of the kind that the library wants.
func (f *framedConn) LocalAddr() net.Addr {
	if a, ok := f.Conn.LocalAddr().(*net.TCPAddr); ok && a.IP.To4() != nil {
		return &net.UDPAddr{IP: a.IP, Port: a.Port}
	}
	return &net.UDPAddr{IP: net.IPv4(192, 0, 2, 2).To4(), Port: 9}
}
