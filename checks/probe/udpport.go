package probe

import (
	"net"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"linecheck/checks/internal/media"
)

// udpPort is a UDP socket that tells at which of this computer's addresses a packet
// came, and sends from the address that it is told. Left alone, the system sends from
// the address it prefers, and a NAT or firewall before the caller drops answers that
// come from another one than was asked.
type udpPort struct {
	*net.UDPConn
	tells bool // it is bound to no address, and the system tells where packets come
}

// readBuffer is for how many bytes the system keeps packets while none is read: a tenth of a second of 200 calls and more. What
// is lost here would be counted as lost on the applicant's line.
const readBuffer = 4 << 20

func listenUDP(at *net.UDPAddr) (*udpPort, error) {
	conn, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(readBuffer) // as far as the system lets us
	p := &udpPort{UDPConn: conn}
	local := conn.LocalAddr().(*net.UDPAddr).IP
	switch {
	case !local.IsUnspecified():
	case local.To4() != nil:
		p.tells = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst, true) == nil
	default: // on Linux it tells of IPv4 too
		p.tells = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst, true) == nil
	}
	return p, nil
}

// readAll reads packets until the socket is closed. at is where one came; invalid where
// the socket is bound to its address or the system does not tell.
func (p *udpPort) readAll(take func(packet []byte, from *net.UDPAddr, at netip.Addr)) {
	in := &arrivals{UDPConn: p.UDPConn}
	if p.tells {
		in.control = make([]byte, 256)
	}
	b := make([]byte, media.MaxPacket+1)
	for {
		n, from, err := media.ReadDatagram(in, b)
		if err != nil {
			return
		}
		if n <= media.MaxPacket {
			take(b[:n], from.(*net.UDPAddr), in.at)
		}
	}
}

// arrivals is a socket that is read, and what the system told beside the latest packet.
type arrivals struct {
	*net.UDPConn
	control []byte // nil where it is not to be asked
	at      netip.Addr
}

// ReadFrom reads the next packet.
func (a *arrivals) ReadFrom(b []byte) (int, net.Addr, error) {
	n, told, _, from, err := a.ReadMsgUDPAddrPort(b, a.control)
	if err != nil {
		return n, nil, err
	}
	a.at = destination(a.control[:told])
	return n, net.UDPAddrFromAddrPort(netip.AddrPortFrom(from.Addr().Unmap(), from.Port())), nil
}

// destination is the address of this computer in what the system told; invalid where there is none to answer from.
func destination(told []byte) netip.Addr {
	if len(told) == 0 {
		return netip.Addr{}
	}
	var six ipv6.ControlMessage
	var four ipv4.ControlMessage
	dst := net.IP(nil)
	if six.Parse(told) == nil && six.Dst != nil {
		dst = six.Dst
	} else if four.Parse(told) == nil {
		dst = four.Dst
	}
	at, ok := netip.AddrFromSlice(dst)
	if at = at.Unmap(); !ok || at.IsMulticast() || at == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.Addr{}
	}
	return at
}

// send sends a packet from that address of this computer, or from the one that the system takes.
func (p *udpPort) send(packet []byte, to *net.UDPAddr, from netip.Addr) (int, error) {
	far := addrPort(to)
	if p.tells && from.IsValid() && from.Is4() == far.Addr().Is4() {
		if n, _, err := p.WriteMsgUDPAddrPort(packet, source(from), far); err == nil {
			return n, nil
		}
	}
	return p.WriteToUDPAddrPort(packet, far) // as well where the address is gone
}

// source tells the system what address to send from.
func source(from netip.Addr) []byte {
	switch {
	case !from.Is4():
		return (&ipv6.ControlMessage{Src: from.AsSlice()}).Marshal()
	case runtime.GOOS == "linux": // the one system that takes it on a socket of IPv6 too
		return (&ipv4.ControlMessage{Src: from.AsSlice()}).Marshal()
	}
	return nil
}

const (
	// mostHomes bounds the memory for where callers call; of further ones it is not known.
	mostHomes = 10_000
	// homeLife is how long it is remembered after a caller's last packet.
	homeLife = time.Minute
)

// homes remembers at which of this computer's addresses each caller calls. Its zero value is ready.
type homes struct {
	mu    sync.Mutex
	by    map[netip.AddrPort]*home
	swept time.Time
}

type home struct {
	at   netip.Addr
	last time.Time
}

// note books a packet of a caller that came at that address. It is false where the caller is known to call at another.
func (h *homes) note(caller netip.AddrPort, at netip.Addr, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if one := h.by[caller]; one != nil && now.Sub(one.last) <= homeLife {
		one.last = now
		return one.at == at
	}
	if h.by == nil {
		h.by = map[netip.AddrPort]*home{}
	}
	if len(h.by) >= mostHomes && now.Sub(h.swept) >= time.Second {
		h.swept = now
		for c, one := range h.by {
			if now.Sub(one.last) > homeLife {
				delete(h.by, c)
			}
		}
	}
	if _, known := h.by[caller]; known || len(h.by) < mostHomes {
		h.by[caller] = &home{at: at, last: now}
	}
	return true
}

// move books that a caller calls at another address from now on.
func (h *homes) move(caller netip.AddrPort, at netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if one := h.by[caller]; one != nil {
		one.at = at
	}
}

// of is where a caller calls; invalid where that is not known.
func (h *homes) of(caller netip.AddrPort) netip.Addr {
	h.mu.Lock()
	defer h.mu.Unlock()
	if one := h.by[caller]; one != nil {
		return one.at
	}
	return netip.Addr{}
}
