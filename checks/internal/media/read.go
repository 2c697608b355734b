package media

import (
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"
)

// ReadPacket reads the next packet of a track into b, which has [MaxPacket] bytes,
// and returns its header and the part of b that is its payload. (The library's own
// reading makes a new buffer for each packet, which a server with many calls spends its time to clear away.)
func ReadPacket(track *webrtc.TrackRemote, b []byte) (rtp.Header, []byte, error) {
	for {
		n, _, err := track.Read(b)
		if err != nil {
			return rtp.Header{}, nil, err
		}
		var p rtp.Packet
		if p.Unmarshal(b[:n]) == nil {
			return p.Header, p.Payload, nil
		}
	}
}

// Discard reads control packets: the library only works on those that are read.
func Discard[T any](read func([]byte) (int, T, error)) {
	b := make([]byte, 1500)
	for {
		if _, _, err := read(b); err != nil {
			return
		}
	}
}
