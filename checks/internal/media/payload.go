package media

import (
	"encoding/binary"
	"time"
)

const (
	// Interval is the time between two packets of speech in one direction.
	Interval = 20 * time.Millisecond
	// SpeechSize is the bytes of a speech packet's payload: Opus at 48 kbit/s.
	SpeechSize = 120
	// VideoSize is the bytes of a video packet's payload: as much as browsers put
	// into one, so that the IP packet has 1230 bytes (IPv4, with SRTP).
	VideoSize = 1180
	// FrameSpeech and FramePackets: each so many packets of speech there is a picture of
	// so many packets. 25 pictures of 4 packets of 1230 bytes are 1 Mbit/s.
	FrameSpeech, FramePackets = 2, 4
	// MaxPackets bounds the sequence numbers of one stream; more are not counted.
	MaxPackets = 1 << 13
	// Check is the id of the check that the echo's observation is about.
	Check = "webrtc.media"
)

// Stream says which of a check's streams a packet belongs to.
type Stream uint8

// The streams. Packets that warm up only show that the way is open: they are echoed and not counted.
const (
	Warm Stream = iota
	Speech
	Video
	// Loaded is speech while the line is full.
	Loaded
	// Fallback is speech over TLS, beside a better way.
	Fallback
	streams
)

// Prefix is what the metrics of a stream begin with; Warm has none.
func (s Stream) Prefix() string {
	switch s {
	case Speech:
		return "webrtc."
	case Video:
		return "webrtc.video."
	case Loaded:
		return "webrtc.loaded."
	case Fallback:
		return "webrtc.fallback."
	}
	return ""
}

// Counted are the streams that are counted.
func Counted() []Stream { return []Stream{Speech, Video, Loaded, Fallback} }

const (
	upMark   = 0x4c437532 // "LCu2"
	downMark = 0x4c436432 // "LCd2"
	upSize   = 4 + 4 + 4 + 8
	downSize = 4 + 4 + 4 + 4 + 4 + 8 + 8 + 8
)

// Up is what a packet from the applicant says. Times are on its sender's own
// monotonic clock, from an arbitrary zero.
type Up struct {
	Stream Stream
	// Seq counts the packets of the stream, from 0.
	Seq uint32
	// Sent is when it was handed to the network.
	Sent time.Duration
}

// Down is what an echoed packet says.
type Down struct {
	// Seq counts the packets echoed of the stream, from 0.
	Seq uint32
	// Up is the packet that it echoes.
	Up Up
	// Count is how many different packets of the stream had arrived by then.
	Count uint32
	// Received and Sent are the echo's own clock: when the packet came and when it went back.
	Received, Sent time.Duration
}

// Payload is the packet's payload, padded to size, which is at least [SpeechSize].
func (u Up) Payload(size int) []byte {
	b := make([]byte, max(size, SpeechSize))
	binary.BigEndian.PutUint32(b, upMark)
	b[4] = byte(u.Stream)
	binary.BigEndian.PutUint32(b[8:], u.Seq)
	binary.BigEndian.PutUint64(b[12:], uint64(u.Sent))
	return b
}

// ParseUp reads a payload. ok is false for anything that is not one.
func ParseUp(b []byte) (u Up, ok bool) {
	if len(b) < upSize || binary.BigEndian.Uint32(b) != upMark || b[4] >= byte(streams) {
		return Up{}, false
	}
	u = Up{Stream: Stream(b[4]), Seq: binary.BigEndian.Uint32(b[8:]), Sent: time.Duration(binary.BigEndian.Uint64(b[12:]))}
	return u, u.Seq < MaxPackets && plausible(u.Sent)
}

// Payload is the packet's payload, padded to size, which is at least [SpeechSize].
func (d Down) Payload(size int) []byte {
	b := make([]byte, max(size, SpeechSize))
	d.Put(b)
	return b
}

// Put writes the payload into b, which has [SpeechSize] bytes at least; what is left of b stays as it is.
func (d Down) Put(b []byte) {
	binary.BigEndian.PutUint32(b, downMark)
	b[4] = byte(d.Up.Stream)
	binary.BigEndian.PutUint32(b[8:], d.Seq)
	binary.BigEndian.PutUint32(b[12:], d.Up.Seq)
	binary.BigEndian.PutUint32(b[16:], d.Count)
	binary.BigEndian.PutUint64(b[20:], uint64(d.Up.Sent))
	binary.BigEndian.PutUint64(b[28:], uint64(d.Received))
	binary.BigEndian.PutUint64(b[36:], uint64(d.Sent))
}

// ParseDown reads a payload. ok is false for anything that is not one.
func ParseDown(b []byte) (d Down, ok bool) {
	if len(b) < downSize || binary.BigEndian.Uint32(b) != downMark || b[4] >= byte(streams) {
		return Down{}, false
	}
	d = Down{
		Seq:      binary.BigEndian.Uint32(b[8:]),
		Up:       Up{Stream: Stream(b[4]), Seq: binary.BigEndian.Uint32(b[12:]), Sent: time.Duration(binary.BigEndian.Uint64(b[20:]))},
		Count:    binary.BigEndian.Uint32(b[16:]),
		Received: time.Duration(binary.BigEndian.Uint64(b[28:])),
		Sent:     time.Duration(binary.BigEndian.Uint64(b[36:])),
	}
	return d, d.Seq < MaxPackets && d.Up.Seq < MaxPackets && d.Count <= MaxPackets &&
		plausible(d.Up.Sent) && plausible(d.Received) && plausible(d.Sent)
}

// plausible bounds a stranger's clock, so that differences never overflow: 0 to ten years.
func plausible(t time.Duration) bool { return t >= 0 && t < 10*365*24*time.Hour }
