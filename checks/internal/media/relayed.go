package media

import (
	"encoding/binary"
	"errors"
	"net"
)

// maxRelayed is the longest TURN message let through over a stream, in bytes: a packet of
// ours, and what a relay puts around it.
const maxRelayed = MaxPacket + 512

// Relayed is a stream of TURN messages (RFC 8656, 2.1) whose reader sees none that is too long to be
// honest. The library in use calls itself anew for each piece of a message that comes alone, and for
// ever where a length does not fit 16 bits with the header's. Make it with [NewRelayed].
type Relayed struct {
	net.Conn
	head [4]byte
	have int // of head
	left int // of the message, behind head
	over bool
}

// NewRelayed watches the messages that come over c, from the beginning of one.
func NewRelayed(c net.Conn) *Relayed { return &Relayed{Conn: c} }

var errNotRelayed = errors.New("what comes is no TURN, or longer than any honest message")

// Read reads what comes; an error instead of a message that is none, and from then on.
func (r *Relayed) Read(b []byte) (int, error) {
	if r.over {
		return 0, errNotRelayed
	}
	n, err := r.Conn.Read(b)
	if r.over = !r.sound(b[:n]); r.over {
		return 0, errNotRelayed
	}
	return n, err
}

// sound follows the messages through the next piece of the stream.
func (r *Relayed) sound(b []byte) bool {
	for len(b) > 0 {
		if r.left > 0 {
			n := min(r.left, len(b))
			r.left -= n
			b = b[n:]
			continue
		}
		n := copy(r.head[r.have:], b)
		r.have += n
		b = b[n:]
		if r.have < len(r.head) {
			return true
		}
		r.have = 0
		length := int(binary.BigEndian.Uint16(r.head[2:]))
		switch r.head[0] >> 6 {
		case 0: // STUN: sixteen more bytes of header
			r.left = 16 + length
		case 1: // a channel's data, filled up to a multiple of four
			r.left = (length + 3) &^ 3
		default:
			return false
		}
		if r.left > maxRelayed {
			return false
		}
	}
	return true
}
