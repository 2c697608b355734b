package webrtc

import (
	"slices"

	"linecheck/checks/internal/nat"
	"linecheck/report"
)

// noTrouble is the fact trouble where there is none.
const noTrouble = "none"

// picture is what is known of all ways together.
type picture struct {
	states map[Way]string
	nat    string // how the NAT maps, as the fact
	// ports are what became of connections over TCP to a port. A port where only the
	// server can have refused is not in it.
	ports map[int]string
	web   int // the port at which the server speaks HTTPS
}

func (p picture) anyOpen() bool {
	for _, s := range p.states {
		if s == wayOpen {
			return true
		}
	}
	return false
}

// have says whether a way that was tried came out as one of these.
func (p picture) have(codes ...string) bool {
	return slices.ContainsFunc(ways(), func(w Way) bool { return slices.Contains(codes, p.states[w]) })
}

// first is the first of the codes as which some way came out; empty where none did.
func (p picture) first(codes ...string) string {
	for _, code := range codes {
		if p.have(code) {
			return code
		}
	}
	return ""
}

// diagnose names the one cause of what became of each way: what is wrong with
// the applicant's line ("none" where nothing is), and what with the recruiter's
// server ("" where nothing is).
//
// The rules stand in order: the first that fits names the cause, since what
// comes before explains what comes after. No route explains everything; a name that is
// not found explains silence; an encryption that is held up after ICE came through
// explains more than a port that is closed.
func diagnose(p picture) (trouble, ours string) {
	if !p.anyOpen() {
		trouble = p.closed()
		if ours = p.first(codeCredentials, codeRefused, codeQuota, codeCertificate); ours == trouble {
			ours = ""
		}
		return trouble, ours
	}
	trouble, ours = p.line(), p.end()
	if faultOf(trouble) == report.FaultServer {
		if ours == "" {
			ours = trouble
		}
		trouble = noTrouble
	}
	if trouble == codeNoRelay && (ours != "" || len(p.relays()) == 0) { // with the relay that a server should have it were none
		trouble, ours = noTrouble, codeNoRelay
	}
	return trouble, ours
}

// end names what is wrong at the recruiter's end where some way is open.
func (p picture) end() string {
	if code := p.first(codeCredentials, codeRefused, codeQuota, codeCertificate, codeDead, codeAnswer, codeSaidNo, codeAway); code != "" {
		return code
	}
	shut := p.relays()
	switch {
	case len(shut) == 0:
	case all(shut, codeICE) && p.states[Direct] == wayOpen:
		return codeRefused // they answer and do not lead to the echo
	case all(shut, codeDNS), p.states[Direct] == wayOpen && all(shut, codeUDPDropped, codeUDPRejected, codeTCPDropped, codeTCPRejected, codeICE, codeDNS):
		return codeDead // the line lets calls through, and no relay is there
	case p.states[Direct] == wayOpen && p.states[TURNTCP] == wayOpen && p.states[TURNTLS] == codeTCPRejected:
		return codeDead // its other port is open, and nobody listens at this one
	case p.othersOpen() && all(shut, codeUDPDropped, codeUDPRejected, codeTCPRejected):
		return codeDead // whatever becomes of UDP, TCP is not held back
	}
	return ""
}

// line names what is wrong with the applicant's line where some way is open.
func (p picture) line() string {
	direct, relay := p.states[Direct], p.states[TURNUDP]
	if code := p.first(codeStranger, codeClock); code != "" {
		return code
	}
	if direct != wayOpen && relay != wayOpen {
		for _, code := range []string{codeDTLS, codeChannel, codeSilent} {
			if direct == code || relay == code {
				return code
			}
		}
		switch {
		case p.only443():
			return codeOnly443
		case direct == codeUDPRejected || relay == codeUDPRejected:
			return codeUDPRejected
		case direct == codeUDPDropped || relay == codeUDPDropped:
			return codeUDPDropped
		case direct != "" && direct != wayNotTried:
			return direct
		case relay == codeICE:
			return codeICE
		}
		return noTrouble
	}
	switch {
	case slices.Contains([]string{codeDTLS, codeChannel, codeSilent, codeICE}, direct):
		return direct // other calls are not relayed
	case p.nat == nat.Dependent && !slices.Contains(p.relays(), wayOpen):
		return codeNoRelay
	}
	return noTrouble
}

// closed names why no way at all is open.
func (p picture) closed() string {
	if code := p.first(codeNoRoute, codeIPv6); code != "" {
		return code
	}
	if p.states[Direct] == codeDNS || p.states[DirectTCP] == codeDNS { // the server's name, and not a relay's alone
		return codeDNS
	}
	tls := codeTLS
	if p.have(codeDead) {
		tls = codeDTLS // the relay is silent without TLS too
	}
	code := p.first(codeAway, codeStranger, codeClock, codeForeign, codeSaidNo, codeAnswer, codeTimeout,
		codeDTLS, codeChannel, codeSilent, tls, codeUDPRejected, codeUDPDropped, codeICE, codeTCPRejected, codeTCPDropped, codeTLS, codeBroken,
		codeCredentials, codeRefused, codeQuota, codeCertificate, codeDead, codeDNS)
	if code == "" {
		return codeICE
	}
	return code
}

// only443 says whether TCP passes to the port of the web and to no other.
func (p picture) only443() bool {
	others := false
	for port, state := range p.ports {
		if port != p.web {
			others = true
			if state == wayOpen {
				return false
			}
		}
	}
	return others && p.ports[p.web] == wayOpen
}

// othersOpen says whether TCP passes to another port than that of the web.
func (p picture) othersOpen() bool {
	for port, state := range p.ports {
		if port != p.web && state == wayOpen {
			return true
		}
	}
	return false
}

// relays are what became of the ways through relays that were tried.
func (p picture) relays() (states []string) {
	for _, w := range ways() {
		if s := p.states[w]; w.relayed() && s != "" && s != wayNotTried {
			states = append(states, s)
		}
	}
	return states
}

// all says whether each of some states is one of these.
func all(states []string, codes ...string) bool {
	return !slices.ContainsFunc(states, func(s string) bool { return !slices.Contains(codes, s) })
}
