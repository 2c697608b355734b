package probe

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// socket is the probe's UDP socket. What comes in is sorted by its first bytes
// (RFC 7983): plain STUN requests are answered at once, TURN goes to the relay's
// pipe, and ICE, DTLS and media to the echo's. Malformed STUN goes nowhere.
//
// The echo also has callers that come another way, through a relay or over TCP.
// To the WebRTC library they are UDP too, with addresses that nobody has.
type socket struct {
	udp   *net.UDPConn
	echo  *pipe
	relay *pipe // nil where another server relays

	stun *answerer

	mu    sync.Mutex
	sides map[netip.AddrPort]func(packet []byte)
	last  uint32 // side address that was given out last
}

func newSocket(udp *net.UDPConn, stun *answerer, relays bool) *socket {
	s := &socket{udp: udp, stun: stun, sides: map[netip.AddrPort]func([]byte){}}
	s.echo = newPipe(udp.LocalAddr(), s.send, nil)
	if relays {
		s.relay = newPipe(udp.LocalAddr(), udp.WriteTo, nil)
	}
	return s
}

// send is how the echo's packets leave.
func (s *socket) send(packet []byte, to net.Addr) (int, error) {
	if u, ok := to.(*net.UDPAddr); ok && isSide(addrPort(u).Addr()) {
		s.mu.Lock()
		deliver := s.sides[addrPort(u)]
		s.mu.Unlock()
		if deliver == nil {
			return 0, net.ErrClosed
		}
		deliver(packet)
		return len(packet), nil
	}
	return s.udp.WriteTo(packet, to)
}

// sideNet and sideNet6 are nobody's (class E; RFC 6666): addresses of those who come
// another way than over UDP, in the family that the echo serves.
const sideNet = 240

func sideNet6() netip.Prefix { return netip.MustParsePrefix("100::/64") }

func isSide(ip netip.Addr) bool {
	return ip.Is4() && ip.As4()[0] == sideNet || ip.Is6() && sideNet6().Contains(ip)
}

// sideAddr is one of them.
func (s *socket) sideAddr(n uint32) netip.Addr {
	own := addrPort(s.udp.LocalAddr().(*net.UDPAddr)).Addr()
	if own.Is4() || own.IsUnspecified() {
		return netip.AddrFrom4([4]byte{sideNet, byte(n >> 16), byte(n >> 8), byte(n)})
	}
	all := sideNet6().Addr().As16()
	binary.BigEndian.PutUint32(all[12:], n)
	return netip.AddrFrom16(all)
}

// join gives someone who comes another way an address; the echo's packets to it
// go to deliver. leave gives it back.
func (s *socket) join(deliver func(packet []byte)) (from *net.UDPAddr, leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var at netip.AddrPort
	for {
		s.last++
		at = netip.AddrPortFrom(s.sideAddr(s.last), 1)
		if _, taken := s.sides[at]; !taken {
			break
		}
	}
	s.sides[at] = deliver
	return net.UDPAddrFromAddrPort(at), func() {
		s.mu.Lock()
		delete(s.sides, at)
		s.mu.Unlock()
	}
}

// hand gives the echo a packet from someone who joined.
func (s *socket) hand(packet []byte, from *net.UDPAddr) {
	if media.Sound(packet) {
		s.echo.push(packet, from)
	}
}

// serve sorts what comes in until the socket is closed.
func (s *socket) serve() {
	defer s.echo.Close()
	readAll(s.udp, s.sort)
}

// sort passes a packet on to whom it concerns.
func (s *socket) sort(packet []byte, from *net.UDPAddr) {
	switch {
	case isTURN(packet):
		if s.relay != nil {
			s.relay.push(packet, from)
		}
	case s.stun.answer(packet, from, 0):
	case media.Sound(packet):
		s.echo.push(packet, from)
	}
}

// readAll reads packets until the socket is closed.
func readAll(conn *net.UDPConn, take func(packet []byte, from *net.UDPAddr)) {
	b := make([]byte, media.MaxPacket+1)
	for {
		n, from, err := media.ReadDatagram(conn, b)
		if err != nil {
			return
		}
		if n <= media.MaxPacket {
			take(b[:n], from.(*net.UDPAddr))
		}
	}
}

// isTURN says whether a packet is TURN's: STUN with another method than Binding, or channel data.
func isTURN(packet []byte) bool {
	if len(packet) < 4 {
		return false
	}
	if packet[0]>>6 == 1 { // channel numbers are 0x4000 to 0x4fff
		return packet[0] < 0x50
	}
	if !stun.IsMessage(packet) {
		return false
	}
	var t stun.MessageType
	t.ReadValue(uint16(packet[0])<<8 | uint16(packet[1]))
	return t.Method != stun.MethodBinding
}

// addrPort is the address with IPv4 in its short form.
func addrPort(a *net.UDPAddr) netip.AddrPort {
	p := a.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// close ends the socket; its serve returns.
func (s *socket) close() error {
	if s.relay != nil {
		_ = s.relay.Close()
	}
	return s.udp.Close()
}
