package webrtc

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v4"

	"linecheck/checks/internal/address"
	"linecheck/report/exchange"
)

// familyConn lets a relay be asked for in IPv6 (RFC 8656, REQUESTED-ADDRESS-FAMILY),
// which the TURN library in use cannot: without that a server gives one of IPv4 or, where it
// has none, refuses.
type familyConn struct {
	net.PacketConn
	username, secret string
	six              atomic.Bool
}

// WriteTo sends a packet; a request for a relay says which family is wanted.
func (f *familyConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if !f.six.Load() || !stun.IsMessage(b) {
		return f.PacketConn.WriteTo(b, to)
	}
	m := &stun.Message{Raw: append([]byte(nil), b...)}
	if m.Decode() != nil || m.Type != stun.NewType(stun.MethodAllocate, stun.ClassRequest) {
		return f.PacketConn.WriteTo(b, to)
	}
	asked := []stun.Setter{stun.NewTransactionIDSetter(m.TransactionID), m.Type}
	for _, a := range m.Attributes {
		if a.Type != stun.AttrMessageIntegrity && a.Type != stun.AttrFingerprint {
			asked = append(asked, a)
		}
	}
	asked = append(asked, stun.RawAttribute{Type: stun.AttrRequestedAddressFamily, Value: []byte{2, 0, 0, 0}})
	var realm stun.Realm
	if m.Contains(stun.AttrMessageIntegrity) && realm.GetFrom(m) == nil {
		asked = append(asked, stun.NewLongTermIntegrity(f.username, realm.String(), f.secret))
	}
	said, err := stun.Build(append(asked, stun.Fingerprint)...)
	if err != nil {
		return 0, err
	}
	if _, err := f.PacketConn.WriteTo(said.Raw, to); err != nil {
		return 0, err
	}
	return len(b), nil
}

// ask asks for a relay of the family in which the echo can be reached, and where the server
// has none of that for one of the other.
func (f *familyConn) ask(client *turn.Client, echo []netip.Addr) (net.PacketConn, error) {
	f.six.Store(len(echo) > 0)
	for _, ip := range echo {
		if ip.Is4() {
			f.six.Store(false)
		}
	}
	relayed, err := client.Allocate()
	var said *stun.TurnError
	if errors.As(err, &said) && said.ErrorCodeAttr.Code == stun.CodeAddrFamilyNotSupported {
		f.six.Store(!f.six.Load())
		return client.Allocate()
	}
	return relayed, err
}

// echoAddrs are the addresses of the echo, as far as they can be known before the call; none where the name is not found.
func echoAddrs(ctx context.Context, s *exchange.Session) []netip.Addr {
	ips, err := address.Lookup(ctx, echoHost(s))
	if err != nil {
		return nil
	}
	return ips
}
