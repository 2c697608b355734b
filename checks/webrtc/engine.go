package webrtc

import (
	"net"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
)

// newPeer makes the library's side of a call: Opus only, UDP only, no repair of
// loss, no multicast DNS (it asks the person for permission on some systems).
// onLoopback says that the far end is on this computer.
func newPeer(cfg Config, onLoopback bool) (*webrtc.PeerConnection, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(media.Opus(), webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	reports := &interceptor.Registry{}
	if err := webrtc.ConfigureRTCPReports(reports); err != nil {
		return nil, err
	}
	sockets, err := newGuardedNet(cfg.drop)
	if err != nil {
		return nil, err
	}
	var s webrtc.SettingEngine
	s.LoggerFactory = media.Quiet()
	s.SetNet(sockets)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetIncludeLoopbackCandidate(onLoopback)
	s.SetIPFilter(func(ip net.IP) bool { return usable(ip, onLoopback) })
	s.SetICETimeouts(2*time.Second, 3*time.Second, 500*time.Millisecond)
	s.SetHostAcceptanceMinWait(0)
	s.SetSrflxAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	s.SetDTLSRetransmissionInterval(media.DTLSRetransmission)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(reports), webrtc.WithSettingEngine(s))
	return api.NewPeerConnection(webrtc.Configuration{})
}

// usable drops the addresses that lead nowhere: link-local ones always (virtual
// adapters have many, and they cost seconds), loopback unless the far end is
// there too, and then everything else.
func usable(ip net.IP, onLoopback bool) bool {
	if ip.IsLinkLocalUnicast() {
		return false
	}
	return ip.IsLoopback() == onLoopback
}
