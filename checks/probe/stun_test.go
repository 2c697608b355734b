package probe

import (
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

// nowhereElse answers from no other address or port.
func nowhereElse(change byte) bool { return change == 0 }

func TestAnswerSTUN(t *testing.T) {
	v4 := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 4711}
	v6 := &net.UDPAddr{IP: net.ParseIP("2001:db8::7"), Port: 4711}
	plain := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	tests := []struct {
		name   string
		packet []byte
		from   *net.UDPAddr
		ours   bool
		class  stun.MessageClass // of the answer
		silent bool
	}{
		{"plain request", plain.Raw, v4, true, stun.ClassSuccessResponse, false},
		{"plain request over IPv6", plain.Raw, v6, true, stun.ClassSuccessResponse, false},
		{"with fingerprint", stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.Fingerprint).Raw, v4, true, stun.ClassSuccessResponse, false},
		{"asks for another address", stun.MustBuild(stun.TransactionID, stun.BindingRequest,
			stun.RawAttribute{Type: 0x0003, Value: []byte{0, 0, 0, 4}}).Raw, v4, true, stun.ClassErrorResponse, false},
		{"ICE check", stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b")).Raw, v4, false, 0, true},
		{"answer", stun.MustBuild(stun.TransactionID, stun.BindingSuccess).Raw, v4, false, 0, true},
		{"indication", stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodBinding, stun.ClassIndication)).Raw, v4, false, 0, true},
		{"TURN allocation", stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw, v4, true, 0, true},
		{"media", []byte{0x80, 111, 0, 1}, v4, false, 0, true},
		{"nothing", nil, v4, false, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer, _, ours := answerSTUN(tt.packet, tt.from, &counter{}, nowhereElse)
			if ours != tt.ours || (answer == nil) != tt.silent {
				t.Fatalf("ours %v, %d bytes of answer", ours, len(answer))
			}
			if tt.silent {
				return
			}
			if len(answer) > len(tt.packet)+24 {
				t.Errorf("%d bytes are answered by %d", len(tt.packet), len(answer))
			}
			m := &stun.Message{Raw: answer}
			if err := m.Decode(); err != nil || m.Type.Class != tt.class {
				t.Fatalf("answer %v: %v", m, err)
			}
			var mapped stun.XORMappedAddress
			if tt.class == stun.ClassSuccessResponse && (mapped.GetFrom(m) != nil || !mapped.IP.Equal(tt.from.IP) || mapped.Port != tt.from.Port) {
				t.Errorf("mapped address %v, want %v", mapped, tt.from)
			}
		})
	}
}

func FuzzAnswerSTUN(f *testing.F) {
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b"), stun.Fingerprint).Raw)
	f.Add(hostile(0x0001, 0x0020, 0))
	from := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 1}
	f.Fuzz(func(t *testing.T, packet []byte) {
		answer, _, ours := answerSTUN(packet, from, &counter{}, nowhereElse)
		if answer != nil && !ours {
			t.Error("a packet of the library's was answered")
		}
		if len(answer) > len(packet)+24 {
			t.Errorf("%d bytes are answered by %d", len(packet), len(answer))
		}
	})
}

// hostile is a STUN message with one attribute of a length it must not have.
func hostile(kind, attr uint16, length int) []byte {
	padded := (length + 3) &^ 3
	b := make([]byte, 24+padded)
	binary.BigEndian.PutUint16(b, kind)
	binary.BigEndian.PutUint16(b[2:], uint16(4+padded))
	binary.BigEndian.PutUint32(b[4:], 0x2112a442)
	binary.BigEndian.PutUint16(b[20:], attr)
	binary.BigEndian.PutUint16(b[22:], uint16(length))
	return b
}

// Packets that would end a program, sent to a live socket: it still answers afterwards.
func TestMediaSocketSurvivesHostilePackets(t *testing.T) {
	p := newTestProbe(t)
	conn, err := net.Dial("udp", p.media.addresses("127.0.0.1")[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, kind := range []uint16{0x0001, 0x0011, 0x0101, 0x0111, 0x0016, 0x0017, 0x0003} {
		for _, attr := range []uint16{0x0001, 0x0006, 0x0008, 0x0009, 0x0012, 0x0016, 0x0020, 0x8020, 0x0024, 0x8028, 0x802a} {
			for _, length := range []int{0, 1, 3, 5, 8, 20, 500} {
				if _, err := conn.Write(hostile(kind, attr, length)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, odd := range [][]byte{{}, {0}, make([]byte, 5000), {22, 254, 253, 0}} {
		_, _ = conn.Write(odd)
	}
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	buf := make([]byte, 1500)
	for range 20 { // the flood may have filled the socket's buffer
		_, _ = conn.Write(request.Raw)
		_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		for {
			n, err := conn.Read(buf)
			if err != nil {
				break
			}
			m := &stun.Message{Raw: buf[:n]}
			if m.Decode() == nil && m.TransactionID == request.TransactionID {
				return
			}
		}
	}
	t.Error("the socket no longer answers")
}
