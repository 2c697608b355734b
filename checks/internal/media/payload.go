package media

import (
	"encoding/binary"
	"time"
)

// The stream that is measured: paced like Opus speech at 48 kbit/s.
const (
	// Interval is the time between two packets of one direction.
	Interval = 20 * time.Millisecond
	// PayloadSize is the bytes of one packet's payload, in both directions.
	PayloadSize = 120
	// MaxPackets bounds the sequence numbers of one stream; more are not counted.
	MaxPackets = 1 << 13
	// Check is the id of the check that the echo's observation is about.
	Check = "webrtc.media"
)

const (
	upMark       = 0x4c437531 // "LCu1"
	downMark     = 0x4c436431 // "LCd1"
	warmUpMark   = 0x4c437577 // "LCuw"
	warmDownMark = 0x4c436477 // "LCdw"
	upSize       = 4 + 4 + 8
	downSize     = 4 + 4 + 4 + 4 + 8 + 8 + 8
)

// Up is what a packet from the applicant says. Times are on its sender's own
// monotonic clock, from an arbitrary zero.
type Up struct {
	// Seq counts the packets sent, from 0.
	Seq uint32
	// Sent is when it was handed to the network.
	Sent time.Duration
	// Warm marks packets before the measurement, which only show that the way is
	// open: they are echoed and not counted.
	Warm bool
}

// Down is what an echoed packet says.
type Down struct {
	// Seq counts the packets echoed, from 0.
	Seq uint32
	// Up is the packet that it echoes.
	Up Up
	// Count is how many different packets had arrived by then.
	Count uint32
	// Received and Sent are the echo's own clock: when the packet came and when it went back.
	Received, Sent time.Duration
}

// Payload is the packet's payload, padded to [PayloadSize].
func (u Up) Payload() []byte {
	b := make([]byte, PayloadSize)
	binary.BigEndian.PutUint32(b, mark(u.Warm, warmUpMark, upMark))
	binary.BigEndian.PutUint32(b[4:], u.Seq)
	binary.BigEndian.PutUint64(b[8:], uint64(u.Sent))
	return b
}

// ParseUp reads a payload. ok is false for anything that is not one.
func ParseUp(b []byte) (u Up, ok bool) {
	warm, ok := isMarked(b, upSize, warmUpMark, upMark)
	if !ok {
		return Up{}, false
	}
	u = Up{Seq: binary.BigEndian.Uint32(b[4:]), Sent: time.Duration(binary.BigEndian.Uint64(b[8:])), Warm: warm}
	return u, u.Seq < MaxPackets && plausible(u.Sent)
}

// Payload is the packet's payload, padded to [PayloadSize].
func (d Down) Payload() []byte {
	b := make([]byte, PayloadSize)
	binary.BigEndian.PutUint32(b, mark(d.Up.Warm, warmDownMark, downMark))
	binary.BigEndian.PutUint32(b[4:], d.Seq)
	binary.BigEndian.PutUint32(b[8:], d.Up.Seq)
	binary.BigEndian.PutUint32(b[12:], d.Count)
	binary.BigEndian.PutUint64(b[16:], uint64(d.Up.Sent))
	binary.BigEndian.PutUint64(b[24:], uint64(d.Received))
	binary.BigEndian.PutUint64(b[32:], uint64(d.Sent))
	return b
}

// ParseDown reads a payload. ok is false for anything that is not one.
func ParseDown(b []byte) (d Down, ok bool) {
	warm, ok := isMarked(b, downSize, warmDownMark, downMark)
	if !ok {
		return Down{}, false
	}
	d = Down{
		Seq:      binary.BigEndian.Uint32(b[4:]),
		Up:       Up{Seq: binary.BigEndian.Uint32(b[8:]), Sent: time.Duration(binary.BigEndian.Uint64(b[16:])), Warm: warm},
		Count:    binary.BigEndian.Uint32(b[12:]),
		Received: time.Duration(binary.BigEndian.Uint64(b[24:])),
		Sent:     time.Duration(binary.BigEndian.Uint64(b[32:])),
	}
	return d, d.Seq < MaxPackets && d.Up.Seq < MaxPackets && d.Count <= MaxPackets &&
		plausible(d.Up.Sent) && plausible(d.Received) && plausible(d.Sent)
}

func mark(warm bool, ifWarm, ifNot uint32) uint32 {
	if warm {
		return ifWarm
	}
	return ifNot
}

func isMarked(b []byte, size int, ifWarm, ifNot uint32) (warm, ok bool) {
	if len(b) < size {
		return false, false
	}
	m := binary.BigEndian.Uint32(b)
	return m == ifWarm, m == ifWarm || m == ifNot
}

// plausible bounds a stranger's clock, so that differences never overflow: 0 to ten years.
func plausible(t time.Duration) bool { return t >= 0 && t < 10*365*24*time.Hour }
