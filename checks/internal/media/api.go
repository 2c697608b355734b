package media

import (
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"
)

// dtlsRetransmission is after what time an unanswered handshake packet is sent
// again. The library's second would make one lost packet look like a slow line;
// browsers begin far below it.
const dtlsRetransmission = 200 * time.Millisecond

// NewAPI is the WebRTC library as both ends use it: our two codecs, RTCP reports,
// no repair of loss, and no multicast DNS, which asks the person for permission on
// some systems. s says what one end wants beside that.
func NewAPI(s webrtc.SettingEngine) (*webrtc.API, error) {
	engine, err := Engine()
	if err != nil {
		return nil, err
	}
	reports := &interceptor.Registry{}
	if err := webrtc.ConfigureRTCPReports(reports); err != nil {
		return nil, err
	}
	s.LoggerFactory = Quiet()
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetDTLSRetransmissionInterval(dtlsRetransmission)
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(reports), webrtc.WithSettingEngine(s)), nil
}
