package media_test

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	oldstun "github.com/pion/stun"
	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// message is a STUN message of that type with one attribute of that length.
func message(kind, attr uint16, length int) []byte {
	padded := (length + 3) &^ 3
	b := make([]byte, 24+padded)
	binary.BigEndian.PutUint16(b, kind)
	binary.BigEndian.PutUint16(b[2:], uint16(4+padded))
	binary.BigEndian.PutUint32(b[4:], 0x2112a442)
	binary.BigEndian.PutUint16(b[20:], attr)
	binary.BigEndian.PutUint16(b[22:], uint16(length))
	return b
}

func TestSound(t *testing.T) {
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	tests := []struct {
		name   string
		packet []byte
		want   bool
	}{
		{"nothing", nil, false},
		{"DTLS", []byte{22, 254, 253, 0, 0}, true},
		{"RTP", append([]byte{0x80, 111}, make([]byte, 130)...), true},
		{"longer than a frame", make([]byte, 1601), false},
		{"plain request", request, true},
		{"bytes after the message", append(append([]byte{}, request...), 0), false},
		{"header only, length lies", append(append([]byte{}, request[:2]...), append([]byte{0, 8}, request[4:]...)...), false},
		{"IPv4 mapped address", message(0x0101, 0x0020, 8), true},
		{"IPv6 mapped address", message(0x0101, 0x0020, 20), true},
		{"empty mapped address", message(0x0101, 0x0020, 0), false},
		{"mapped address of one byte", message(0x0101, 0x0020, 1), false},
		{"empty mapped address under its old number", message(0x0101, 0x8020, 0), false},
		{"empty peer address", message(0x0016, 0x0012, 0), false},
		{"empty relayed address", message(0x0103, 0x0016, 0), false},
		{"short integrity", message(0x0001, 0x0008, 4), false},
		{"short priority", message(0x0001, 0x0024, 2), false},
		{"short tie breaker", message(0x0001, 0x802a, 4), false},
		{"endless user name", message(0x0001, 0x0006, 764), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := media.Sound(tt.packet); got != tt.want {
				t.Errorf("Sound = %v, want %v", got, tt.want)
			}
		})
	}
}

// The guard is there because the library's own decoder panics: once it no
// longer does, this test says that the guard has lost that reason.
func TestTheLibraryStillNeedsTheGuard(t *testing.T) {
	if crash := decodeOld(message(0x0101, 0x0020, 0)); crash == nil {
		t.Error("the decoder takes an empty address now; read the guard's comment again")
	}
}

// FuzzSound looks for packets that pass and still make the library's decoder panic.
func FuzzSound(f *testing.F) {
	for _, attr := range []uint16{0x0012, 0x0016, 0x0020, 0x8020, 0x0008, 0x0024, 0x802a, 0x0006, 0x0009} {
		for _, length := range []int{0, 1, 4, 8, 20} {
			f.Add(message(0x0101, attr, length))
		}
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		if !media.Sound(packet) {
			return
		}
		if crash := decodeOld(packet); crash != nil {
			t.Errorf("a packet that counts as sound makes the library panic: %v", crash)
		}
	})
}

// decodeOld does with a packet what the library may do, and returns its panic.
func decodeOld(packet []byte) (crash any) {
	defer func() { crash = recover() }()
	if !oldstun.IsMessage(packet) {
		return nil
	}
	tight := append(make([]byte, 0, len(packet)), packet...)
	m := &oldstun.Message{Raw: tight[:len(packet):len(packet)]}
	if m.Decode() != nil {
		return nil
	}
	for _, t := range []oldstun.AttrType{0x0012, 0x0016, 0x0020} {
		var a oldstun.XORMappedAddress
		_ = a.GetFromAs(m, t)
	}
	var code oldstun.ErrorCodeAttribute
	_ = code.GetFrom(m)
	_ = oldstun.NewShortTermIntegrity("secret").Check(m)
	_ = oldstun.Fingerprint.Check(m)
	return nil
}

// broken fails a few reads before it gives a packet, as Windows does for long datagrams.
type broken struct {
	net.PacketConn
	errs []error
}

func (b *broken) ReadFrom(p []byte) (int, net.Addr, error) {
	if len(b.errs) > 0 {
		err := b.errs[0]
		b.errs = b.errs[1:]
		return 0, nil, err
	}
	return copy(p, "ok"), &net.UDPAddr{}, nil
}

func TestReadSoundReadsOverOneBadDatagram(t *testing.T) {
	odd := errors.New("message too long")
	buf := make([]byte, 10)
	if n, _, err := media.ReadSound(&broken{errs: []error{odd, odd}}, buf); err != nil || string(buf[:n]) != "ok" {
		t.Errorf("ReadSound = %q, %v", buf[:n], err)
	}
	if _, _, err := media.ReadSound(&broken{errs: []error{net.ErrClosed}}, buf); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed socket gives %v", err)
	}
	if _, _, err := media.ReadSound(&broken{errs: []error{os.ErrDeadlineExceeded}}, buf); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a deadline gives %v", err)
	}
	always := make([]error, 1000)
	for i := range always {
		always[i] = odd
	}
	begin := time.Now()
	if _, _, err := media.ReadSound(&broken{errs: always}, buf); !errors.Is(err, odd) || time.Since(begin) > 10*time.Second {
		t.Errorf("a socket that always fails gives %v after %v", err, time.Since(begin))
	}
}
