package webrtc

import (
	"github.com/pion/stun/v3"

	"linecheck/checks/internal/address"
	"linecheck/report"
	"linecheck/report/exchange"
)

// Way is how a call gets from this computer to the far end.
type Way string

// The ways, the better first: what goes over TCP repairs loss by delay.
const (
	Direct    Way = "direct"
	TURNUDP   Way = "turn-udp"
	DirectTCP Way = "direct-tcp"
	TURNTLS   Way = "turn-tls"
	TURNTCP   Way = "turn-tcp"
)

func ways() []Way { return []Way{Direct, TURNUDP, DirectTCP, TURNTLS, TURNTCP} }

// overUDP says whether a way leaves this computer over UDP.
func (w Way) overUDP() bool { return w == Direct || w == TURNUDP }

// relayed says whether a way leads through a TURN server.
func (w Way) relayed() bool { return w == TURNUDP || w == TURNTLS || w == TURNTCP }

// What became of a way, beside the codes of problems: the value of the fact with its name.
const (
	wayOpen     = "connected"
	wayNotTried = "not-tried" // nobody offers it, or there was no need
)

// server is where a way leads.
type server struct {
	way              Way
	host             string
	port             int
	username, secret string
}

// serversOf are the servers of each way that the far end offers, in its order.
func serversOf(ice exchange.ICE) map[Way][]server {
	out := map[Way][]server{}
	for _, s := range ice.Servers {
		for _, raw := range s.URLs {
			u, err := stun.ParseURI(raw)
			if err != nil {
				continue // one that a later version knows
			}
			one := server{host: u.Host, port: u.Port, username: s.Username, secret: s.Credential}
			switch {
			case u.Scheme == stun.SchemeTypeTURNS && u.Proto == stun.ProtoTypeTCP:
				one.way = TURNTLS
			case u.Scheme == stun.SchemeTypeTURN && u.Proto == stun.ProtoTypeTCP:
				one.way = TURNTCP
			case u.Scheme == stun.SchemeTypeTURN && u.Proto == stun.ProtoTypeUDP:
				one.way = TURNUDP
			default:
				continue
			}
			out[one.way] = append(out[one.way], one)
		}
	}
	for _, at := range ice.TCP {
		if host, port, err := address.Split(at); err == nil {
			out[DirectTCP] = append(out[DirectTCP], server{way: DirectTCP, host: host, port: port})
		}
	}
	return out
}

// stunOf are the host:port addresses of STUN servers that the far end names.
func stunOf(ice exchange.ICE) (out []string) {
	for _, s := range ice.Servers {
		for _, raw := range s.URLs {
			if u, err := stun.ParseURI(raw); err == nil && u.Scheme == stun.SchemeTypeSTUN {
				out = append(out, address.Join(u.Host, u.Port))
			}
		}
	}
	return out
}

// faultOf says who can do something about a code.
func faultOf(code string) report.Fault {
	switch code {
	case codeCredentials, codeRefused, codeDead, codeQuota, codeCertificate, codeAnswer, codeSaidNo, codeAway:
		return report.FaultServer
	case codeClock:
		return report.FaultYou
	}
	return report.FaultNetwork
}
