package probe

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/transport/v2/packetio"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

// mediaEnd is the UDP side: STUN answers and the media echo on one socket.
type mediaEnd struct {
	cfg   Config
	sock  *socket // nil without a media address
	stun  *answerer
	turn  *turnEnd // nil where another server relays
	mux   *soleMux
	begin time.Time // zero of the echo's clock
	calls calls
	known known

	mu     sync.Mutex
	closed bool
	doors  []int                    // the ports at which TCP is listened
	peers  map[*session][]*echoPeer // the live ones of each session, oldest first
	seats  int                      // peers that are not fully closed yet
	count  uint64                   // peers made so far
	ended  sync.WaitGroup
}

// soleMux offers the library one local address a family instead of one an
// interface: all share the socket, and which addresses an applicant gets is
// decided in [advertised].
type soleMux struct {
	*ice.UDPMuxDefault
	addrs []net.Addr
}

// GetListenAddresses are the addresses the library makes candidates of.
func (m *soleMux) GetListenAddresses() []net.Addr { return m.addrs }

// listenMedia opens the media socket; without an address there is none.
func listenMedia(cfg Config) (*mediaEnd, error) {
	m := &mediaEnd{cfg: cfg, begin: time.Now(), peers: map[*session][]*echoPeer{}}
	if cfg.MediaAddr == "" {
		return m, nil
	}
	addr, err := net.ResolveUDPAddr("udp", cfg.MediaAddr)
	if err != nil {
		return nil, fmt.Errorf("media address: %w", err)
	}
	udp, err := listenUDP(addr)
	if err != nil {
		return nil, fmt.Errorf("media socket: %w", err)
	}
	if m.stun, err = newAnswerer(udp, cfg.SecondAddr); err != nil {
		_ = udp.Close()
		return nil, fmt.Errorf("second address: %w", err)
	}
	if cfg.PublicHost != "" {
		m.lookUp() // so that the first call has it
	}
	m.sock = newSocket(udp, m.stun, cfg.TURN == nil)
	go m.sock.serve()
	m.stun.serve()
	m.mux = &soleMux{
		UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: m.sock.echo, Logger: media.Quiet().NewLogger("ice")}),
		addrs:         familiesOf(udp.LocalAddr().(*net.UDPAddr)),
	}
	if cfg.TURN == nil {
		if m.turn, err = newTURN(m.sock, m.family, m.isOwn); err != nil {
			_ = m.close()
			return nil, err
		}
	}
	return m, nil
}

// familiesOf is one address for each family that the socket serves.
func familiesOf(local *net.UDPAddr) []net.Addr {
	if !local.IP.IsUnspecified() {
		return []net.Addr{local}
	}
	addrs := []net.Addr{&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1).To4(), Port: local.Port}}
	if local.IP.To4() == nil {
		addrs = append(addrs, &net.UDPAddr{IP: net.IPv6loopback, Port: local.Port})
	}
	return addrs
}

// newAPI is the WebRTC side of one call's echo: everything over the one socket, and what waits of a stream in buffer's.
func newAPI(mux ice.UDPMux, buffer func(packetio.BufferPacketType, uint32) io.ReadWriteCloser) (*webrtc.API, error) {
	s := webrtc.SettingEngine{BufferFactory: buffer}
	s.SetICEUDPMux(mux)
	s.SetIncludeLoopbackCandidate(true)
	s.SetICETimeouts(5*time.Second, 10*time.Second, 2*time.Second)
	return media.NewAPI(s)
}

// close ends every peer and frees the sockets. Peers that hang are left behind after a second.
func (m *mediaEnd) close() error {
	if m.sock == nil {
		return nil
	}
	m.mu.Lock()
	m.closed = true
	for _, peers := range m.peers {
		for _, p := range peers {
			p.end()
		}
	}
	clear(m.peers)
	m.mu.Unlock()

	gone := make(chan struct{})
	go func() { m.ended.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(time.Second):
	}
	m.calls.end()
	if m.turn != nil {
		_ = m.turn.server.Close()
	}
	if m.mux != nil {
		_ = m.mux.Close()
	}
	m.stun.close()
	return m.sock.close()
}

// port is the media socket's port.
func (m *mediaEnd) port() int { return m.sock.udp.LocalAddr().(*net.UDPAddr).Port }

// addDoor notes where TCP is listened at.
func (m *mediaEnd) addDoor(a net.Addr) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := a.(*net.TCPAddr); ok {
		m.doors = append(m.doors, at.Port)
	}
}

// tcpPorts are the ports at which TCP is listened.
func (m *mediaEnd) tcpPorts() []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.doors)
}

// hostFor is the name by which an applicant reaches the media socket who
// reached the server by host, which may carry a port.
func (m *mediaEnd) hostFor(host string) string {
	if m.cfg.PublicHost != "" {
		return m.cfg.PublicHost
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}

// addresses are the STUN addresses as seen by an applicant who reached the
// server by host. There are none without a media socket.
func (m *mediaEnd) addresses(host string) []string {
	if host = m.hostFor(host); m.sock == nil || host == "" {
		return []string{}
	}
	return m.stun.addresses(host)
}
