package probe

import (
	"encoding/binary"
	"net"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// answerSTUN answers a plain STUN request (RFC 8489) with the address it came
// from. ours is false for packets that are not plain requests: ICE checks, which
// carry a user name, answers, DTLS and media. A nil answer says nothing back.
// An answer is at most 24 bytes longer than its request, so that the socket is of
// no use to amplify traffic. can says which of the changes of RFC 5780 are possible;
// change is the one that was asked for and is to be made.
func answerSTUN(packet []byte, source *net.UDPAddr, requests *counter, can func(change byte) bool) (answer []byte, change byte, ours bool) {
	m, ok := media.ParseSTUN(packet)
	if !ok || m.Type.Class != stun.ClassRequest || m.Contains(stun.AttrUsername) {
		return nil, 0, false
	}
	if m.Type.Method != stun.MethodBinding {
		return nil, 0, true
	}
	change, possible := changeAsked(m, can)
	reply := []stun.Setter{stun.NewTransactionIDSetter(m.TransactionID)}
	if strange := notUnderstood(m, possible); len(strange) > 0 {
		change = 0
		reply = append(reply, stun.NewType(stun.MethodBinding, stun.ClassErrorResponse),
			stun.ErrorCodeAttribute{Code: stun.CodeUnknownAttribute}, strange)
	} else {
		reply = append(reply, stun.BindingSuccess, &stun.XORMappedAddress{IP: source.IP, Port: source.Port})
		if ballast := media.BallastOf(m); ballast > 0 {
			reply = append(reply, ballast)
		}
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
		return nil, 0, true
	}
	return out.Raw, change, true
}

// The flags of CHANGE-REQUEST (RFC 5780, 7.2): answer from the other address, from the other port.
const changeAddress, changePort = 4, 2

// changeAsked reads from where the answer is wanted. possible is false where it cannot come from there.
func changeAsked(m *stun.Message, can func(change byte) bool) (change byte, possible bool) {
	v, err := m.Get(stun.AttrChangeRequest)
	if err != nil {
		return 0, true
	}
	if len(v) != 4 {
		return 0, false
	}
	change = byte(binary.BigEndian.Uint32(v)) & (changeAddress | changePort)
	return change, can(change)
}

// maxStrange bounds how many attributes are named as not understood.
const maxStrange = 4

// notUnderstood are the attributes that a server must understand and this one does not;
// changes says whether it can do what the message's CHANGE-REQUEST asks.
func notUnderstood(m *stun.Message, changes bool) stun.UnknownAttributes {
	var strange stun.UnknownAttributes
	for _, a := range m.Attributes {
		known := a.Type == stun.AttrMessageIntegrity || changes && a.Type == stun.AttrChangeRequest
		if a.Type.Required() && !known && len(strange) < maxStrange {
			strange = append(strange, a.Type)
		}
	}
	return strange
}
