package webrtc

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// The values of the fact filtering: from where answers come through the NAT to a
// socket that has asked one address and port (RFC 4787, 5).
const (
	filterNone    = "endpoint-independent"
	filterAddress = "address-dependent"
	filterPort    = "address-and-port-dependent"
)

// The changes of RFC 5780, 7.2 that are asked for.
const (
	changeNothing = 0
	changePort    = 2
	changeBoth    = 6
)

// filterPatience is when an answer from elsewhere counts as filtered: it is asked for three times.
const filterPatience = time.Second

// filtering finds out how the NAT filters, with a socket that asks one address
// only. It is empty where the server cannot answer from elsewhere, or not at all.
func filtering(ctx context.Context, server netip.AddrPort) string {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		return ""
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	if class, ok := askFrom(ctx, conn, server, changeNothing); !ok || class != stun.ClassSuccessResponse {
		return ""
	}
	for _, step := range []struct {
		change byte
		means  string
	}{{changeBoth, filterNone}, {changePort, filterAddress}} {
		class, ok := askFrom(ctx, conn, server, step.change)
		switch {
		case ctx.Err() != nil, ok && class != stun.ClassSuccessResponse:
			return ""
		case ok:
			return step.means
		}
	}
	return filterPort
}

// askFrom asks a server to answer from elsewhere; ok is false where nothing comes.
func askFrom(ctx context.Context, conn *net.UDPConn, server netip.AddrPort, change byte) (class stun.MessageClass, ok bool) {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.RawAttribute{Type: stun.AttrChangeRequest, Value: []byte{0, 0, 0, change}})
	if err != nil {
		return 0, false
	}
	begin := time.Now()
	b := make([]byte, 1500)
	for _, until := range []time.Duration{filterPatience / 4, filterPatience * 6 / 10, filterPatience} {
		if _, err := conn.WriteToUDPAddrPort(request.Raw, server); err != nil || conn.SetReadDeadline(begin.Add(until)) != nil {
			return 0, false
		}
		for ctx.Err() == nil {
			n, _, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				break
			}
			if m, sound := media.ParseSTUN(b[:n]); sound && m.TransactionID == request.TransactionID && m.Type.Method == stun.MethodBinding {
				return m.Type.Class, true
			}
		}
	}
	return 0, false
}
