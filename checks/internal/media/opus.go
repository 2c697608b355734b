package media

import (
	"time"

	"github.com/pion/webrtc/v3"
)

// DTLSRetransmission is after what time an unanswered handshake packet is sent
// again. The library's second would make one lost packet look like a slow line;
// browsers begin far below it.
const DTLSRetransmission = 200 * time.Millisecond

// Opus is the one codec that both ends offer. The packets carry our own
// payload; to the network they look like speech.
func Opus() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
		PayloadType:        111,
	}
}
