package webrtc

import (
	"crypto/x509"
	"testing"
	"time"

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
	tests := []struct {
		name          string
		states        map[Way]string
		nat           string
		trouble, ours string
	}{
		{"all is well", all(ok), nat.None, noTrouble, ""},
		{"no relay offered", with(all(wayNotTried), map[Way]string{Direct: ok}), nat.Independent, noTrouble, ""},
		{"another address for each server, with a relay", all(ok), nat.Dependent, noTrouble, ""},
		{"another address for each server, no relay", map[Way]string{Direct: ok, TURNUDP: codeDead, TURNTCP: codeDead, TURNTLS: codeDead}, nat.Dependent, "nat.no-relay", codeDead},
		{"no route", all(codeNoRoute), "", codeNoRoute, ""},
		{"no route explains the rest", with(all(codeUDPDropped), map[Way]string{TURNTCP: codeNoRoute}), "", codeNoRoute, ""},
		{"no names", all(codeDNS), "", codeDNS, ""},
		{"only the web's port", map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped, TURNTCP: codeTCPDropped, TURNTLS: ok}, "", "only-443", ""},
		{"UDP dropped", with(all(ok), map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPDropped}), "", codeUDPDropped, ""},
		{"UDP rejected", with(all(ok), map[Way]string{Direct: codeUDPDropped, TURNUDP: codeUDPRejected}), "", codeUDPRejected, ""},
		{"DTLS held up", with(all(ok), map[Way]string{Direct: "dtls.blocked", TURNUDP: "dtls.blocked"}), "", "dtls.blocked", ""},
		{"DTLS held up, relay works", with(all(ok), map[Way]string{Direct: "dtls.blocked"}), "", "dtls.blocked", ""},
		{"TLS by a stranger", with(all(ok), map[Way]string{TURNTLS: codeStranger}), "", codeStranger, ""},
		{"wrong clock", with(all(ok), map[Way]string{TURNTLS: codeClock}), "", codeClock, ""},
		{"relay's password", with(all(codeCredentials), map[Way]string{Direct: ok, DirectTCP: ok}), nat.None, noTrouble, codeCredentials},
		{"relay and nothing else is open, and it refuses", with(all(codeRefused), map[Way]string{Direct: wayNotTried, DirectTCP: wayNotTried}), "", codeRefused, ""},
		{"relay is not there", map[Way]string{Direct: ok, TURNUDP: codeUDPRejected, TURNTCP: codeTCPRejected, TURNTLS: codeTCPRejected}, nat.None, noTrouble, codeDead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if trouble, ours := diagnose(tt.states, tt.nat); trouble != tt.trouble || ours != tt.ours {
				t.Errorf("diagnose = %q, %q, want %q, %q", trouble, ours, tt.trouble, tt.ours)
			}
		})
	}
}

// A certificate that does not count yet means that the clock is behind.
func TestAClockThatIsBehind(t *testing.T) {
	now := time.Now()
	err := func(from, to time.Time) *stranger {
		return &stranger{err: x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: from, NotAfter: to}, Reason: x509.Expired}}
	}
	if got := TURNTLS.code(err(now.AddDate(1, 0, 0), now.AddDate(2, 0, 0))); got != codeClock {
		t.Errorf("a certificate of next year: %s", got)
	}
	if got := TURNTLS.code(err(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))); got != codeStranger {
		t.Errorf("a certificate of last year: %s", got)
	}
}
