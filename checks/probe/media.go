package probe

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

// mediaEnd is the UDP side: STUN answers and the media echo on one socket.
type mediaEnd struct {
	cfg   Config
	conn  *stunConn
	mux   *soleMux
	api   *webrtc.API
	begin time.Time // zero of the echo's clock

	mu     sync.Mutex
	closed bool
	peers  map[*session]*echoPeer // the live one of each session
	seats  int                    // peers that are not fully closed yet
	count  uint64                 // peers made so far
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
	m := &mediaEnd{cfg: cfg, begin: time.Now(), peers: map[*session]*echoPeer{}}
	if cfg.MediaAddr == "" {
		return m, nil
	}
	addr, err := net.ResolveUDPAddr("udp", cfg.MediaAddr)
	if err != nil {
		return nil, fmt.Errorf("media address: %w", err)
	}
	udp, err := net.ListenUDP("udp", addr)
	if err != nil {
		return nil, fmt.Errorf("media socket: %w", err)
	}
	m.conn = &stunConn{UDPConn: udp}
	m.mux = &soleMux{
		UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: m.conn, Logger: media.Quiet().NewLogger("ice")}),
		addrs:         familiesOf(udp.LocalAddr().(*net.UDPAddr)),
	}
	if m.api, err = newAPI(m.mux); err != nil {
		_ = m.close()
		return nil, err
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

// newAPI is the WebRTC side of the echo: Opus only, no repair of loss, no
// multicast DNS, everything over the one socket.
func newAPI(mux ice.UDPMux) (*webrtc.API, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(media.Opus(), webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	reports := &interceptor.Registry{}
	if err := webrtc.ConfigureRTCPReports(reports); err != nil {
		return nil, err
	}
	var s webrtc.SettingEngine
	s.LoggerFactory = media.Quiet()
	s.SetICEUDPMux(mux)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetIncludeLoopbackCandidate(true)
	s.SetICETimeouts(5*time.Second, 10*time.Second, 2*time.Second)
	s.SetDTLSRetransmissionInterval(media.DTLSRetransmission)
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(reports), webrtc.WithSettingEngine(s)), nil
}

// close ends every peer and frees the socket. Peers that hang are left behind after a second.
func (m *mediaEnd) close() error {
	if m.conn == nil {
		return nil
	}
	m.mu.Lock()
	m.closed = true
	for _, p := range m.peers {
		p.end()
	}
	clear(m.peers)
	m.mu.Unlock()

	gone := make(chan struct{})
	go func() { m.ended.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(time.Second):
	}
	if m.mux != nil {
		return m.mux.Close()
	}
	return m.conn.Close()
}

// port is the media socket's port.
func (m *mediaEnd) port() int { return m.conn.LocalAddr().(*net.UDPAddr).Port }

// addresses are the STUN addresses as seen by an applicant who reached the
// server by host, which may carry a port. There are none without a media socket.
func (m *mediaEnd) addresses(host string) []string {
	if m.conn == nil {
		return []string{}
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if m.cfg.PublicHost != "" {
		host = m.cfg.PublicHost
	}
	if host == "" {
		return []string{}
	}
	return []string{net.JoinHostPort(host, strconv.Itoa(m.port()))}
}
