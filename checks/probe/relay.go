package probe

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// relayLife is how long one relay may be in use.
	relayLife = 10 * time.Minute
	// What one relay carries to the echo, in bytes a second: three times what a check sends, and how much of it at once.
	relayRate, relayBurst = 500_000, 256 << 10
	// maxPeersOfRelay bounds the addresses of the echo that one relay is used to.
	maxPeersOfRelay = 8
)

// relayMaker makes relays that lead into the echo within this program: there is
// no socket behind them that could reach anything else.
type relayMaker struct {
	socket *socket
	// family is that of the relays' own addresses: applicants take the echo's address of the same.
	family func() netip.Addr
}

// Validate finds nothing to complain about.
func (relayMaker) Validate() error { return nil }

var errNoTCPRelay = errors.New("only UDP is relayed")

// AllocateConn refuses: TCP is not relayed.
func (relayMaker) AllocateConn(string, int) (net.Conn, net.Addr, error) {
	return nil, nil, errNoTCPRelay
}

// AllocatePacketConn makes a relay.
func (m relayMaker) AllocatePacketConn(string, int) (net.PacketConn, net.Addr, error) {
	r := &relay{socket: m.socket, peers: map[netip.AddrPort]joined{}, limit: rate.NewLimiter(relayRate, relayBurst)}
	m.socket.mu.Lock()
	at, leave := m.socket.joinAs(m.family(), func([]byte) {}) // an address that is nobody's
	m.socket.mu.Unlock()
	r.pipe = newPipe(at, r.send, func() { leave(); r.leave() })
	r.life = time.AfterFunc(relayLife, func() { _ = r.pipe.Close() })
	return r, at, nil
}

// relay leads to the echo, whatever address of it its user names.
type relay struct {
	*pipe
	socket *socket
	limit  *rate.Limiter
	life   *time.Timer

	mu    sync.Mutex
	gone  bool
	peers map[netip.AddrPort]joined // by the address that its user names
}

// joined is the place at the echo that stands for one address of it.
type joined struct {
	from  *net.UDPAddr
	leave func()
}

var errNotTheEcho = errors.New("a relay leads to the echo only")

// send hands a packet to the echo. It comes back as if from the address that it was sent to.
func (r *relay) send(packet []byte, to net.Addr) (int, error) {
	peer, ok := to.(*net.UDPAddr)
	if !ok || peer.Port != r.socket.udp.LocalAddr().(*net.UDPAddr).Port {
		return 0, errNotTheEcho
	}
	if !r.limit.AllowN(time.Now(), len(packet)) {
		return len(packet), nil // lost, as at any full line
	}
	from, err := r.place(peer)
	if err != nil {
		return 0, err
	}
	r.socket.hand(packet, from)
	return len(packet), nil
}

// place is what the echo sees packets to that address come from.
func (r *relay) place(peer *net.UDPAddr) (*net.UDPAddr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := addrPort(peer)
	if j, ok := r.peers[key]; ok {
		return j.from, nil
	}
	if r.gone || len(r.peers) >= maxPeersOfRelay {
		return nil, errNotTheEcho
	}
	own := net.UDPAddrFromAddrPort(key)
	from, leave := r.socket.join(func(packet []byte) { r.pipe.push(packet, own) })
	r.peers[key] = joined{from, leave}
	return from, nil
}

// leave gives up the places at the echo.
func (r *relay) leave() {
	r.life.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = true
	for _, j := range r.peers {
		j.leave()
	}
	clear(r.peers)
}
