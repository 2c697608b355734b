package webrtc

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

// newPeer makes the library's side of a call. It goes over UDP from the addresses own, or through the tunnel where there is one. drop loses packets.
func newPeer(own []netip.Addr, through *tunnel, drop func(out bool, packet []byte) bool) (*webrtc.PeerConnection, error) {
	var s webrtc.SettingEngine
	if through == nil {
		sockets, err := newGuardedNet(drop)
		if err != nil {
			return nil, err
		}
		s.SetNet(sockets)
		s.SetIncludeLoopbackCandidate(true)
		s.SetIPFilter(func(ip net.IP) bool {
			a, ok := netip.AddrFromSlice(ip)
			return ok && slices.Contains(own, a.Unmap())
		})
	} else {
		s.SetICEUDPMux(ice.NewUDPMuxDefault(ice.UDPMuxParams{
			UDPConn: &guardedPackets{PacketConn: through.PacketConn, drop: drop}, Logger: media.Quiet().NewLogger("ice"),
		}))
	}
	tune(&s)
	api, err := media.NewAPI(s)
	if err != nil {
		return nil, err
	}
	return api.NewPeerConnection(webrtc.Configuration{})
}

// tune sets how long a call waits: the library's own patience is made for calls that nobody waits for.
func tune(s *webrtc.SettingEngine) {
	s.SetICETimeouts(2*time.Second, 2*backLimit-2*time.Second, 500*time.Millisecond)
	s.SetHostAcceptanceMinWait(0)
	s.SetSrflxAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	s.SetRelayAcceptanceMinWait(0)
}
