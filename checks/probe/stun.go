package probe

import (
	"net"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// stunConn is the media socket as the WebRTC library sees it: plain STUN
// Binding requests are answered here and never reach it, nor does any malformed STUN.
type stunConn struct {
	*net.UDPConn
	requests counter
}

// ReadFrom reads the next packet for the library.
func (c *stunConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, addr, err := media.ReadSound(c.UDPConn, b)
		if err != nil {
			return 0, nil, err
		}
		answer, ours := answerSTUN(b[:n], addr, &c.requests)
		if !ours {
			return n, addr, nil
		}
		if answer != nil {
			_, _ = c.WriteTo(answer, addr) // lost answers are asked for again
		}
	}
}

// answerSTUN answers a plain STUN request (RFC 8489) with the address it came
// from. ours is false for packets that are not plain requests: ICE checks, which
// carry a user name, answers, DTLS and media. A nil answer says nothing back.
// An answer is at most 24 bytes longer than its request, so that the socket is of
// no use to amplify traffic.
func answerSTUN(packet []byte, from net.Addr, requests *counter) (answer []byte, ours bool) {
	m, ok := media.ParseSTUN(packet)
	if !ok || m.Type.Class != stun.ClassRequest || m.Contains(stun.AttrUsername) {
		return nil, false
	}
	source, ok := from.(*net.UDPAddr)
	if !ok || m.Type.Method != stun.MethodBinding {
		return nil, true
	}
	reply := []stun.Setter{stun.NewTransactionIDSetter(m.TransactionID)}
	if strange := notUnderstood(m); len(strange) > 0 {
		reply = append(reply, stun.NewType(stun.MethodBinding, stun.ClassErrorResponse),
			stun.ErrorCodeAttribute{Code: stun.CodeUnknownAttribute}, strange)
	} else {
		reply = append(reply, stun.BindingSuccess, &stun.XORMappedAddress{IP: source.IP, Port: source.Port})
		if m.Contains(media.AttrCount) {
			if n, ok := requests.add(source.AddrPort(), time.Now()); ok {
				reply = append(reply, media.CountAnswer(n))
			}
		}
	}
	if m.Contains(stun.AttrFingerprint) {
		reply = append(reply, stun.Fingerprint)
	}
	out, err := stun.Build(reply...)
	if err != nil {
		return nil, true
	}
	return out.Raw, true
}

// maxStrange bounds how many attributes are named as not understood.
const maxStrange = 4

// notUnderstood are the attributes that a server must understand and this one does not.
func notUnderstood(m *stun.Message) stun.UnknownAttributes {
	var strange stun.UnknownAttributes
	for _, a := range m.Attributes {
		if a.Type.Required() && a.Type != stun.AttrMessageIntegrity && len(strange) < maxStrange {
			strange = append(strange, a.Type)
		}
	}
	return strange
}
