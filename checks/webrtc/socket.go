package webrtc

import (
	"net"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"

	"linecheck/checks/internal/media"
)

// guardedNet gives the WebRTC library sockets that show it no malformed STUN.
type guardedNet struct {
	*stdnet.Net
	drop func(out bool, packet []byte) bool
}

// newGuardedNet reads the computer's interfaces as they are now.
func newGuardedNet(drop func(out bool, packet []byte) bool) (*guardedNet, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return &guardedNet{Net: n, drop: drop}, nil
}

// ListenUDP is where the library gets every socket of a direct call.
func (n *guardedNet) ListenUDP(network string, local *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(network, local)
	if err != nil {
		return nil, err
	}
	return &guardedConn{UDPConn: conn, packets: guardedPackets{conn, n.drop}}, nil
}

// guardedConn reads through the guard.
type guardedConn struct {
	*net.UDPConn
	packets guardedPackets
}

// ReadFrom reads the next sound packet.
func (c *guardedConn) ReadFrom(b []byte) (int, net.Addr, error) { return c.packets.ReadFrom(b) }

// WriteTo sends a packet.
func (c *guardedConn) WriteTo(b []byte, addr net.Addr) (int, error) {
	return c.packets.WriteTo(b, addr)
}

// guardedPackets reads any packet socket through the guard. Where drop says so, packets are lost.
type guardedPackets struct {
	net.PacketConn
	drop func(out bool, packet []byte) bool
}

// ReadFrom reads the next sound packet.
func (c *guardedPackets) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, addr, err := media.ReadSound(c.PacketConn, b)
		if err != nil || !c.drop(false, b[:n]) {
			return n, addr, err
		}
	}
}

// WriteTo sends a packet.
func (c *guardedPackets) WriteTo(b []byte, addr net.Addr) (int, error) {
	if c.drop(true, b) {
		return len(b), nil
	}
	return c.PacketConn.WriteTo(b, addr)
}
