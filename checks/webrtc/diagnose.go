package webrtc

import (
	"slices"

	"linecheck/checks/internal/nat"
)

// noTrouble is the fact trouble where there is none.
const noTrouble = "none"

func anyOpen(states map[Way]string) bool {
	for _, s := range states {
		if s == wayOpen {
			return true
		}
	}
	return false
}

// diagnose names the one cause of what became of each way: what is wrong with
// the applicant's line ("none" where nothing is), and what with the recruiter's
// server ("" where nothing is).
//
// The rules stand in order: the first that fits names the cause, since what
// comes before explains what comes after. No route explains everything; a name that is
// not found explains silence; an encryption that is held up after ICE came through
// explains more than a port that is closed.
func diagnose(states map[Way]string, kind string) (trouble, ours string) {
	var have []string
	for _, way := range ways() {
		if s, ok := states[way]; ok && s != wayNotTried {
			have = append(have, s)
		}
	}
	some := func(codes ...string) bool {
		return slices.ContainsFunc(have, func(s string) bool { return slices.Contains(codes, s) })
	}
	for _, code := range []string{codeCredentials, codeRefused, codeQuota, codeDead} {
		if some(code) {
			ours = code
			break
		}
	}
	if ours == "" && states[Direct] == wayOpen && relaysShut(states) {
		ours = codeDead // the line lets calls through, and no relay is there
	}
	udpOpen := states[Direct] == wayOpen || states[TURNUDP] == wayOpen
	udp := func(code string) bool { return states[Direct] == code || states[TURNUDP] == code }
	switch {
	case !anyOpen(states):
		trouble = closed(states, some)
		if trouble == ours {
			ours = ""
		}
		return trouble, ours
	case some(codeStranger):
		return codeStranger, ours
	case some(codeClock):
		return codeClock, ours
	case !udpOpen && udp("dtls.blocked"):
		return "dtls.blocked", ours
	case !udpOpen && only443(states):
		return "only-443", ours
	case !udpOpen && udp(codeUDPRejected):
		return codeUDPRejected, ours
	case !udpOpen:
		return codeUDPDropped, ours
	case states[Direct] == "dtls.blocked":
		return "dtls.blocked", ours // other calls are not relayed
	case kind == nat.Dependent && !relayOpen(states):
		return "nat.no-relay", ours
	}
	return noTrouble, ours
}

// closed names why no way at all is open.
func closed(states map[Way]string, some func(...string) bool) string {
	for _, code := range []string{
		codeNoRoute, codeIPv6, codeDNS, codeStranger, codeClock, "dtls.blocked", "datachannel.blocked",
		codeUDPRejected, codeUDPDropped, "ice.failed",
		codeCredentials, codeRefused, codeQuota, codeDead, "answer.bad", "server.refused",
	} {
		if some(code) {
			return code
		}
	}
	return "ice.failed"
}

// only443 says whether TCP passes to the port of the web and to no other.
func only443(states map[Way]string) bool {
	return states[TURNTLS] == wayOpen && (states[TURNTCP] == codeTCPDropped || states[TURNTCP] == codeTCPRejected)
}

func relayOpen(states map[Way]string) bool {
	return slices.ContainsFunc(ways(), func(w Way) bool { return w.relayed() && states[w] == wayOpen })
}

// relaysShut says whether relays are offered and none of them can be reached.
func relaysShut(states map[Way]string) bool {
	offered := false
	for _, way := range ways() {
		s, ok := states[way]
		if !way.relayed() || !ok || s == wayNotTried {
			continue
		}
		offered = true
		if !slices.Contains([]string{codeUDPDropped, codeUDPRejected, codeTCPDropped, codeTCPRejected}, s) {
			return false
		}
	}
	return offered
}
