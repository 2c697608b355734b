package webrtc

import (
	"testing"

	"linecheck/checks/internal/nat"
)

func TestDiagnose(t *testing.T) {
	const ok = wayOpen
	all := func(code string) map[Way]string {
		out := map[Way]string{}
		for _, w := range ways() {
			out[w] = code
		}
		return out
	}
	with := func(base map[Way]string, change map[Way]string) map[Way]string {
		for w, code := range change {
			base[w] = code
		}
		return base
	}
	web := func(others string) map[int]string { return map[int]string{443: ok, 3478: others} }
	tests := []struct {
		name          string
		states        map[Way]string
		ports         map[int]string
		nat           string
		trouble, ours string
	}{
		{"all is well", all(ok), nil, nat.None, noTrouble, ""},
		{"no relay offered", with(all(wayNotTried), map[Way]string{Direct: ok}), nil, nat.Independent, noTrouble, ""},
		{"another address for each server, with a relay", all(ok), nil, nat.Dependent, noTrouble, ""},
		{"another address for each server, no relay", map[Way]string{Direct: ok, TURNUDP: codeDead, TURNTCP: codeDead, TURNTLS: codeDead}, nil, nat.Dependent, noTrouble, codeNoRelay},
		{"another address for each server, and none is offered", with(all(wayNotTried), map[Way]string{Direct: ok}), nil, nat.Dependent, noTrouble, codeNoRelay},
		{"another address for each server, and the network lets no relay through", map[Way]string{Direct: ok, TURNUDP: codeUDPDropped, TURNTCP: codeTCPDropped, TURNTLS: codeTLS}, nil, nat.Dependent, codeNoRelay, ""},
		{"no route", all(codeNoRoute), nil, "", codeNoRoute, ""},
		{"no route explains the rest", with(all(codeUDPDropped), map[Way]string{TURNTCP: codeNoRoute}), nil, "", codeNoRoute, ""},
		{"no names", all(codeDNS), nil, "", codeDNS, ""},
		{"no name of the relay, and UDP dropped", map[Way]string{Direct: codeUDPDropped, DirectTCP: codeTCPDropped, TURNTLS: codeDNS}, nil, "", codeUDPDropped, ""},
		{"the server died meanwhile", map[Way]string{Direct: codeAway, TURNUDP: codeUDPRejected, DirectTCP: codeTCPRejected, TURNTLS: codeTCPRejected, TURNTCP: codeTCPRejected}, nil, "", codeAway, ""},
		{"the line died meanwhile", map[Way]string{Direct: codeICE, DirectTCP: codeICE, TURNUDP: codeTimeout, TURNTCP: codeTimeout, TURNTLS: codeDead}, nil, "", codeTimeout, ""},
		{"only what is in TLS to the web's port is taken, and it is no call", map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped, DirectTCP: codeICE, TURNTCP: codeTCPDropped, TURNTLS: codeTLS}, nil, "", codeTLS, ""},
		{"only the web's port", map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped, TURNTCP: codeTCPDropped, TURNTLS: ok}, web(codeTCPDropped), "", codeOnly443, ""},
		{"only the web's port, and no relay is there", map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped, DirectTCP: ok, TURNTCP: codeTCPDropped, TURNTLS: codeTCPDropped},
			web(codeTCPDropped), "", codeOnly443, ""},
		{"UDP dropped, and there is no other port", map[Way]string{Direct: codeUDPDropped, DirectTCP: ok}, map[int]string{443: ok}, "", codeUDPDropped, ""},
		{"UDP dropped, other ports pass and the relay's refuse", map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped, DirectTCP: ok, TURNTCP: codeTCPRejected, TURNTLS: codeTCPRejected},
			web(ok), "", codeUDPDropped, codeDead},
		{"UDP dropped", with(all(ok), map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped}), web(ok), "", codeUDPDropped, ""},
		{"UDP rejected", with(all(ok), map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPRejected}), web(ok), "", codeUDPRejected, ""},
		{"DTLS held up", with(all(ok), map[Way]string{Direct: codeDTLS, TURNUDP: codeDTLS}), nil, "", codeDTLS, ""},
		{"DTLS held up, relay works", with(all(ok), map[Way]string{Direct: codeDTLS}), nil, "", codeDTLS, ""},
		{"data held up over UDP", with(all(ok), map[Way]string{Direct: codeChannel, TURNUDP: codeChannel}), nil, "", codeChannel, ""},
		{"data held up, relay works", with(all(ok), map[Way]string{Direct: codeChannel}), nil, "", codeChannel, ""},
		{"ICE fails over UDP", with(all(ok), map[Way]string{Direct: codeICE, TURNUDP: codeICE}), nil, "", codeICE, ""},
		{"ICE fails, relay works", with(all(ok), map[Way]string{Direct: codeICE}), nil, "", codeICE, ""},
		{"the server did not take one call", with(all(ok), map[Way]string{Direct: codeSaidNo}), nil, "", noTrouble, codeSaidNo},
		{"TLS by a stranger", with(all(ok), map[Way]string{TURNTLS: codeStranger}), nil, "", codeStranger, ""},
		{"wrong clock", with(all(ok), map[Way]string{TURNTLS: codeClock}), nil, "", codeClock, ""},
		{"relay's certificate", with(all(ok), map[Way]string{TURNTLS: codeCertificate}), nil, "", noTrouble, codeCertificate},
		{"relay's password", with(all(codeCredentials), map[Way]string{Direct: ok, DirectTCP: ok}), nil, nat.None, noTrouble, codeCredentials},
		{"relay and nothing else is open, and it refuses", with(all(codeRefused), map[Way]string{Direct: wayNotTried, DirectTCP: wayNotTried}), nil, "", codeRefused, ""},
		{"relay is not there", map[Way]string{Direct: ok, TURNUDP: codeUDPRejected, TURNTCP: codeTCPRejected, TURNTLS: codeTCPRejected}, nil, nat.None, noTrouble, codeDead},
		{"relay has no name", with(all(codeDNS), map[Way]string{Direct: ok, DirectTCP: ok}), nil, nat.None, noTrouble, codeDead},
		{"relay has no name, and UDP is dropped", with(all(codeDNS), map[Way]string{Direct: codeUDPDropped, DirectTCP: ok}), nil, "", codeUDPDropped, codeDead},
		{"relay does not lead to the echo", with(all(codeICE), map[Way]string{Direct: ok, DirectTCP: ok}), nil, nat.None, noTrouble, codeRefused},
		{"relay does not listen for TLS", with(all(ok), map[Way]string{TURNTLS: codeTCPRejected}), nil, nat.None, noTrouble, codeDead},
		{"a port of the relay is shut", with(all(ok), map[Way]string{TURNTCP: codeTCPRejected}), nil, nat.None, noTrouble, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := picture{states: tt.states, nat: tt.nat, ports: tt.ports, web: 443}
			if trouble, ours := diagnose(p); trouble != tt.trouble || ours != tt.ours {
				t.Errorf("diagnose = %q, %q, want %q, %q", trouble, ours, tt.trouble, tt.ours)
			}
		})
	}
}
