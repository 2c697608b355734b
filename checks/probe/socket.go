package probe

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// socket is the probe's UDP socket. What comes in is sorted by its first bytes
// (RFC 7983): plain STUN requests are answered at once, TURN goes to the relay's
// pipe, and ICE, DTLS and media to the echo's. Malformed STUN goes nowhere.
//
// The echo also has callers that come another way, through a relay or over TCP, and
// callers that try several addresses of this computer from one of theirs.
// To the WebRTC library they are UDP too, with addresses that nobody has.
type socket struct {
	udp   *udpPort
	echo  *pipe
	relay *pipe // nil where another server relays

	stun    *answerer
	unheard unheard
	// at is where the echo's callers call, relayAt where those of the relay do.
	at, relayAt homes

	mu      sync.Mutex
	sides   map[netip.AddrPort]func(packet []byte)
	last    uint32 // side address that was given out last
	seconds map[route]*second
	swept   time.Time // when the seconds that are over were last thrown out
}

func newSocket(udp *udpPort, stun *answerer, relays bool) *socket {
	s := &socket{udp: udp, stun: stun, sides: map[netip.AddrPort]func([]byte){}, seconds: map[route]*second{}}
	s.echo = newPipe(udp.LocalAddr(), s.send, nil)
	if relays {
		s.relay = newPipe(udp.LocalAddr(), func(packet []byte, to net.Addr) (int, error) { return s.answer(packet, to, &s.relayAt) }, nil)
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
	return s.answer(packet, to, &s.at)
}

// answer sends to a caller, from where it called.
func (s *socket) answer(packet []byte, to net.Addr, at *homes) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.ErrClosed
	}
	return s.udp.send(packet, u, at.of(addrPort(u)))
}

// sideNet and sideNet6 are nobody's (class E; RFC 6666): addresses of those who come
// another way than over UDP, in the family that the echo serves.
const sideNet = 240

func sideNet6() netip.Prefix { return netip.MustParsePrefix("100::/64") }

func isSide(ip netip.Addr) bool {
	return ip.Is4() && ip.As4()[0] == sideNet || ip.Is6() && sideNet6().Contains(ip)
}

// family is that of most side addresses, IPv4 where the echo serves it.
func (s *socket) family() netip.Addr {
	own := addrPort(s.udp.LocalAddr().(*net.UDPAddr)).Addr()
	if own.IsUnspecified() {
		return netip.IPv4Unspecified()
	}
	return own
}

// sideAddr is one of them.
func sideAddr(n uint32, family netip.Addr) netip.Addr {
	if family.Is4() {
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
	return s.joinAs(s.family(), deliver)
}

// joinAs gives an address of that family. The caller holds the lock.
func (s *socket) joinAs(family netip.Addr, deliver func(packet []byte)) (from *net.UDPAddr, leave func()) {
	var at netip.AddrPort
	for {
		s.last++
		at = netip.AddrPortFrom(sideAddr(s.last, family), 2) // even, which is what some ask a relay for
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
	s.udp.readAll(s.sort)
}

// sort passes a packet on to whom it concerns. at is where it came.
func (s *socket) sort(packet []byte, from *net.UDPAddr, at netip.Addr) {
	s.unheard.hear()
	switch {
	case isTURN(packet):
		if s.relay == nil {
			return
		}
		if at.IsValid() && !s.relayAt.note(addrPort(from), at, time.Now()) {
			s.relayAt.move(addrPort(from), at)
		}
		s.relay.push(packet, from)
	case s.stun.answer(packet, from, at, 0):
	case media.Sound(packet):
		s.echo.push(packet, s.caller(from, at))
	}
}

// route is a caller's address and the one of this computer that it calls.
type route struct {
	far netip.AddrPort
	at  netip.Addr
}

// second stands for a caller who calls at a further address of this computer.
type second struct {
	as   *net.UDPAddr
	last time.Time
}

// caller is what the echo knows a caller by: its own address, and one that nobody has
// where it already calls at another address of this computer from there.
func (s *socket) caller(from *net.UDPAddr, at netip.Addr) *net.UDPAddr {
	now, way := time.Now(), route{addrPort(from), at}
	if !at.IsValid() || s.at.note(way.far, at, now) {
		return from
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.seconds[way]; one != nil {
		one.last = now
		return one.as
	}
	if len(s.seconds) >= mostHomes && now.Sub(s.swept) >= time.Second {
		s.swept = now
		for other, one := range s.seconds {
			if now.Sub(one.last) > homeLife {
				delete(s.seconds, other)
				delete(s.sides, addrPort(one.as))
			}
		}
	}
	if len(s.seconds) >= mostHomes {
		return from
	}
	as, _ := s.joinAs(way.far.Addr(), func(packet []byte) { _, _ = s.udp.send(packet, from, at) })
	s.seconds[way] = &second{as: as, last: now}
	return as
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
