package webrtc

import (
	"fmt"
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

func TestCandidatesForUDP(t *testing.T) {
	if seen := fmt.Sprint(candidatesOf(answerSDP)); seen != "[192.0.2.1:3478 [2001:db8::1]:3478]" {
		t.Error(seen)
	}
	if got := media.WithoutCandidates(answerSDP); strings.Contains(got, "candidate") {
		t.Error(got)
	}
}

// A direct call tries the server's addresses as this computer finds them beside those of the answer, of the families that it has.
func TestCandidatesOfADirectCall(t *testing.T) {
	four, six, own4, own6 := netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("64:ff9b::192.0.2.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("fd00::2")
	only4 := strings.Replace(answerSDP, "a=candidate:2 1 UDP 2130706175 2001:db8::1 3478 typ host\r\n", "", 1)
	for _, tt := range []struct {
		name, sdp string
		far, own  []netip.Addr
		want      string // empty where there is none
	}{
		{"both have both", answerSDP, []netip.Addr{netip.MustParseAddr("192.0.2.1")}, []netip.Addr{own4, own6}, "[192.0.2.1:3478 [2001:db8::1]:3478]"},
		{"the server does not know its own", only4, []netip.Addr{four}, []netip.Addr{own4}, "[192.0.2.1:3478 198.51.100.7:3478]"},
		{"IPv6 alone, and a NAT64", only4, []netip.Addr{six}, []netip.Addr{own6}, "[[64:ff9b::c000:201]:3478]"},
		{"IPv6 alone, and no way", only4, []netip.Addr{four}, []netip.Addr{own6}, ""},
		{"no address", media.WithoutCandidates(answerSDP), []netip.Addr{four}, []netip.Addr{own4}, ""},
	} {
		sdp, err := (&call{far: tt.far, own: tt.own}).reachable(tt.sdp)
		if (err != nil) != (tt.want == "") || err == nil && fmt.Sprint(candidatesOf(sdp)) != tt.want {
			t.Errorf("%s: %v, %v", tt.name, candidatesOf(sdp), err)
		}
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
		for _, at := range candidatesOf(sdp) {
			if !at.IsValid() || at.Port() == 0 {
				t.Errorf("a candidate at %v", at)
			}
			if again := candidatesOf(theseCandidates("v=0\r\nm=application 9 Y z\r\n", at)); len(again) != 1 || again[0] != at {
				t.Errorf("%v becomes %v", at, again)
			}
		}
	})
}
