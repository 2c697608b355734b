package probe

import (
	"net"
	"net/netip"
	"strconv"
)

// answerer answers plain STUN requests on up to four sockets: two ports at each
// of up to two addresses. By the differences an applicant's program tells how the
// NAT before it maps and filters (RFC 5780). Socket 0 is the probe's main one; the
// numbers of the others have the bits of CHANGE-REQUEST.
type answerer struct {
	conns    map[byte]*udpPort
	requests counter
}

// newAnswerer opens the sockets beside the main one: a second port, where one can
// be had, and the same two ports at the second address, where there is one.
func newAnswerer(main *udpPort, second netip.Addr) (*answerer, error) {
	at := addrPort(main.LocalAddr().(*net.UDPAddr))
	a := &answerer{conns: map[byte]*udpPort{0: main}}
	if c, err := listenUDP(net.UDPAddrFromAddrPort(netip.AddrPortFrom(at.Addr(), at.Port()+1))); err == nil {
		a.conns[changePort] = c
	} else if c, err := listenUDP(net.UDPAddrFromAddrPort(netip.AddrPortFrom(at.Addr(), 0))); err == nil {
		a.conns[changePort] = c
	}
	if !second.IsValid() || a.conns[changePort] == nil {
		return a, nil
	}
	for _, bits := range []byte{changeAddress, changeAddress | changePort} {
		port := addrPort(a.conns[bits&changePort].LocalAddr().(*net.UDPAddr)).Port()
		c, err := listenUDP(net.UDPAddrFromAddrPort(netip.AddrPortFrom(second, port)))
		if err != nil {
			a.close()
			return nil, err
		}
		a.conns[bits] = c
	}
	return a, nil
}

// serve answers on the sockets beside the main one, which is read elsewhere, until they are closed.
func (a *answerer) serve() {
	for at, conn := range a.conns {
		if at != 0 {
			go conn.readAll(func(packet []byte, from *net.UDPAddr, own netip.Addr) { a.answer(packet, from, own, at) })
		}
	}
}

// answer answers a plain request that came in at one of the sockets, at that address of
// this computer where it is told; false where it is none.
func (a *answerer) answer(packet []byte, from *net.UDPAddr, own netip.Addr, at byte) bool {
	answer, change, ours := answerSTUN(packet, from, &a.requests, func(change byte) bool { return a.conns[at^change] != nil })
	if answer != nil {
		_, _ = a.conns[at^change].send(answer, from, own) // lost answers are asked for again
	}
	return ours
}

// addresses are host:port of all sockets; host is how the main one is reached.
func (a *answerer) addresses(host string) []string {
	var out []string
	for _, at := range []byte{0, changePort, changeAddress, changeAddress | changePort} {
		conn := a.conns[at]
		if conn == nil {
			continue
		}
		own := conn.LocalAddr().(*net.UDPAddr)
		name := host
		if at&changeAddress != 0 {
			name = own.IP.String()
		}
		out = append(out, net.JoinHostPort(name, strconv.Itoa(own.Port)))
	}
	return out
}

// close ends the sockets beside the main one.
func (a *answerer) close() {
	for at, conn := range a.conns {
		if at != 0 {
			_ = conn.Close()
		}
	}
}
