package webrtc

import (
	"net/netip"
	"strings"
	"testing"

	"linecheck/checks/internal/media"
)

const answerSDP = "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\n" +
	"a=candidate:1 1 udp 2130706431 192.0.2.1 3478 typ host\r\n" +
	"a=candidate:2 1 UDP 2130706175 2001:db8::1 3478 typ host\r\n" +
	"a=candidate:3 1 tcp 1526726143 192.0.2.1 443 typ host tcptype passive\r\n" +
	"a=end-of-candidates\r\nm=application 9 Y z\r\na=mid:1\r\n"

func TestCandidatesForUDPAreKept(t *testing.T) {
	var seen []string
	got := withCandidates(answerSDP, func(one candidate) bool {
		seen = append(seen, one.addr.String())
		return one.addr.Addr().Is6()
	})
	if strings.Join(seen, " ") != "192.0.2.1:3478 [2001:db8::1]:3478" || strings.Count(got, "a=candidate:") != 1 || !strings.Contains(got, "2001:db8::1 3478") {
		t.Errorf("seen %v:\n%s", seen, got)
	}
	if got := media.WithoutCandidates(answerSDP); strings.Contains(got, "candidate") {
		t.Error(got)
	}
}

func TestOnlyCandidate(t *testing.T) {
	want := "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 10.0.0.1 9 typ host\r\nm=application 9 Y z\r\na=mid:1\r\n"
	if got := theseCandidates(answerSDP, netip.MustParseAddrPort("10.0.0.1:9")); got != want {
		t.Errorf("%q", got)
	}
	if got := theseCandidates("v=0\r\nm=application 9 Y z\r\n", netip.MustParseAddrPort("10.0.0.1:9")); !strings.HasSuffix(got, "typ host\r\n") {
		t.Errorf("%q", got)
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add(answerSDP)
	f.Add("a=candidate:1 1 udp 1 1.2.3.4 99999 typ host")
	f.Fuzz(func(t *testing.T, sdp string) {
		n := 0
		kept := withCandidates(sdp, func(one candidate) bool {
			n++
			if !one.addr.IsValid() || one.addr.Port() == 0 {
				t.Errorf("a candidate at %v", one.addr)
			}
			return true
		})
		again := 0
		withCandidates(kept, func(candidate) bool { again++; return true })
		if again != n {
			t.Errorf("%d candidates became %d", n, again)
		}
	})
}
