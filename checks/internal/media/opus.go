package media

import "github.com/pion/webrtc/v3"

// Opus is the codec of speech that both ends offer. The packets carry our own
// payload; to the network they look like speech.
func Opus() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
		PayloadType:        111,
	}
}

// VP8 is the codec of video that both ends offer, without any repair of loss.
func VP8() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000},
		PayloadType:        96,
	}
}

// Engine knows both codecs.
func Engine() (*webrtc.MediaEngine, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(Opus(), webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	if err := engine.RegisterCodec(VP8(), webrtc.RTPCodecTypeVideo); err != nil {
		return nil, err
	}
	return engine, nil
}
