package webrtc

import (
	"net"
	"testing"

	"github.com/pion/stun/v3"
)

// keeper keeps what is written to it.
type keeper struct {
	net.PacketConn
	last []byte
}

func (k *keeper) WriteTo(b []byte, _ net.Addr) (int, error) {
	k.last = append([]byte(nil), b...)
	return len(b), nil
}

// A request for a relay of IPv6 says so, under the same id and signed anew; everything else stays as it is.
func TestRelaysOfIPv6AreAskedFor(t *testing.T) {
	const user, secret, realm = "1700000000:x", "secret", "jobs.example"
	sign := stun.NewLongTermIntegrity(user, realm, secret)
	allocate := stun.NewType(stun.MethodAllocate, stun.ClassRequest)
	transport := stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
	first := stun.MustBuild(stun.TransactionID, allocate, transport, stun.Fingerprint)
	second := stun.MustBuild(stun.TransactionID, allocate, transport, stun.NewUsername(user), stun.NewRealm(realm), stun.NewNonce("n"), sign, stun.Fingerprint)
	refresh := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodRefresh, stun.ClassRequest), stun.NewUsername(user), stun.NewRealm(realm), sign, stun.Fingerprint)
	for _, tt := range []struct {
		name   string
		six    bool
		packet []byte
		asks   bool
		signed bool
	}{
		{"IPv4", false, second.Raw, false, true},
		{"the first request", true, first.Raw, true, false},
		{"the second", true, second.Raw, true, true},
		{"another request", true, refresh.Raw, false, true},
		{"channel data", true, []byte{0x40, 0, 0, 4, 1, 2, 3, 4}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &keeper{}
			f := &familyConn{PacketConn: k, username: user, secret: secret}
			f.six.Store(tt.six)
			if n, err := f.WriteTo(tt.packet, nil); err != nil || n != len(tt.packet) {
				t.Fatalf("%d, %v", n, err)
			}
			if !tt.asks {
				if string(k.last) != string(tt.packet) {
					t.Error("it is changed")
				}
				return
			}
			was, is := &stun.Message{Raw: tt.packet}, &stun.Message{Raw: k.last}
			if was.Decode() != nil || is.Decode() != nil || is.TransactionID != was.TransactionID || is.Type != was.Type {
				t.Fatalf("%v became %v", was, is)
			}
			if v, err := is.Get(stun.AttrRequestedAddressFamily); err != nil || len(v) != 4 || v[0] != 2 {
				t.Errorf("the family is %v, %v", v, err)
			}
			if stun.Fingerprint.Check(is) != nil || tt.signed && sign.Check(is) != nil {
				t.Error("it is not signed")
			}
			for _, a := range was.Attributes {
				if a.Type != stun.AttrMessageIntegrity && a.Type != stun.AttrFingerprint && !is.Contains(a.Type) {
					t.Errorf("%v is left out", a.Type)
				}
			}
		})
	}
}
