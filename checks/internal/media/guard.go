package media

import (
	"errors"
	"net"
	"os"
	"time"

	"github.com/pion/stun/v3"
)

// MaxPacket is the longest packet let through, in bytes: nothing of ours is longer than an Ethernet frame.
const MaxPacket = 1600

// fixed are STUN attributes whose values have one of these lengths. Decoders
// of the library in use index into some of them unchecked: an empty XOR address
// ends the program. 0x8020 is the old number of XOR-MAPPED-ADDRESS, which the
// library takes for the new one.
func fixed(attr stun.AttrType) []int {
	switch attr {
	case 0x0001, 0x0012, 0x0016, 0x0020, 0x8020, 0x8023, 0x802b, 0x802c: // addresses, plain and XOR
		return []int{8, 20}
	case stun.AttrMessageIntegrity:
		return []int{20}
	case stun.AttrPriority, stun.AttrFingerprint:
		return []int{4}
	case stun.AttrICEControlled, stun.AttrICEControlling:
		return []int{8}
	case stun.AttrUseCandidate:
		return []int{0}
	}
	return nil
}

// maxAttribute bounds every other attribute: RFC 8489 allows a USERNAME 513 bytes and a reason 763.
const maxAttribute = 763

// Sound says whether a packet may be shown to the WebRTC library: it is either
// no STUN at all, or STUN whose attributes have the lengths they must have.
func Sound(packet []byte) bool {
	if len(packet) == 0 || len(packet) > MaxPacket {
		return false
	}
	if !stun.IsMessage(packet) {
		return true
	}
	_, ok := ParseSTUN(packet)
	return ok
}

// ParseSTUN reads a STUN message and checks the lengths of its attributes. ok
// is false for everything malformed. The packet is copied.
func ParseSTUN(packet []byte) (m *stun.Message, ok bool) {
	if len(packet) > MaxPacket || !stun.IsMessage(packet) {
		return nil, false
	}
	m = &stun.Message{Raw: append([]byte(nil), packet...)}
	if err := m.Decode(); err != nil || int(m.Length)+20 != len(packet) {
		return nil, false
	}
	// The decoder renames 0x8020, so nothing else needs a second look.
	for _, a := range m.Attributes {
		want := fixed(a.Type)
		if int(a.Length) > maxAttribute || len(want) > 0 && !has(want, int(a.Length)) {
			return nil, false
		}
	}
	return m, true
}

func has(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

// maxHiccups is how many reads in a row may fail before a socket counts as broken.
const maxHiccups = 200

// ReadSound reads the next packet that is [Sound], as [ReadDatagram] does.
func ReadSound(conn net.PacketConn, b []byte) (int, net.Addr, error) {
	for {
		n, addr, err := ReadDatagram(conn, b)
		if err != nil || Sound(b[:n]) {
			return n, addr, err
		}
	}
}

// ReadDatagram reads the next packet. Errors that only concern one datagram (on
// Windows a too long one is an error, and what became of one sent before) are read
// over, because whoever reads gives a socket up at the first error.
func ReadDatagram(conn net.PacketConn, b []byte) (int, net.Addr, error) {
	for hiccups := 0; ; hiccups++ {
		n, addr, err := conn.ReadFrom(b)
		switch {
		case err == nil:
			return n, addr, nil
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded), hiccups >= maxHiccups:
			return 0, nil, err
		}
		time.Sleep(time.Millisecond)
	}
}
