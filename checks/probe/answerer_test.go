package probe

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

// With a second address the probe answers from where it is asked to (RFC 5780).
func TestAnswersFromElsewhere(t *testing.T) {
	key := newKey(t)
	p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: "127.0.0.1:0", SecondAddr: netip.MustParseAddr("127.0.0.2")})
	if err != nil {
		t.Skipf("127.0.0.2 cannot be had here: %v", err)
	}
	defer p.Close()
	at := p.media.addresses("127.0.0.1")
	if len(at) != 4 {
		t.Fatalf("it is reached at %v", at)
	}
	main := netip.MustParseAddrPort(at[0])
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for change, want := range map[byte]string{0: at[0], changePort: at[1], changeAddress: at[2], changeAddress | changePort: at[3]} {
		request := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.RawAttribute{Type: stun.AttrChangeRequest, Value: []byte{0, 0, 0, change}})
		if _, err := conn.WriteToUDPAddrPort(request.Raw, main); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 500)
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		n, from, err := conn.ReadFromUDPAddrPort(b)
		m := &stun.Message{Raw: b[:n]}
		if err != nil || m.Decode() != nil || m.Type != stun.BindingSuccess || from.String() != want {
			t.Errorf("change %d: %v from %v, want %s (%v)", change, m.Type, from, want, err)
		}
	}
}
