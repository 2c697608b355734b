package probe

import (
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCandidatesAreReplaced(t *testing.T) {
	sdp := "v=0\r\nm=audio 9 X 111\r\na=candidate:1 1 udp 1 10.0.0.1 5 typ host\r\na=mid:0\r\na=end-of-candidates\r\nm=application 9 Y z\r\na=mid:1\r\n"
	ips := []net.IP{net.IPv4(192, 0, 2, 1), net.ParseIP("::"), net.ParseIP("2001:db8::1"), net.IPv4(192, 0, 2, 1)}
	want := []string{
		"v=0", "m=audio 9 X 111", "a=mid:0",
		"a=candidate:1 1 udp 2130706431 192.0.2.1 3478 typ host",
		"a=candidate:2 1 udp 2130706175 2001:db8::1 3478 typ host",
		"a=candidate:3 1 tcp 1526726143 192.0.2.1 443 typ host tcptype passive",
		"a=candidate:4 1 tcp 1526725887 2001:db8::1 443 typ host tcptype passive",
		"a=end-of-candidates",
		"m=application 9 Y z", "a=mid:1", "",
	}
	if diff := cmp.Diff(want, strings.Split(withCandidates(sdp, ips, 3478, []int{443}), "\r\n")); diff != "" {
		t.Error(diff)
	}
}

func TestCandidatesOfTheLastSection(t *testing.T) {
	got := withCandidates("v=0\nm=application 9 Y z\na=mid:0\n", []net.IP{net.IPv4(192, 0, 2, 1)}, 1, nil)
	if !strings.HasSuffix(got, "a=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 1 typ host\r\na=end-of-candidates\r\n") {
		t.Errorf("%q", got)
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	var ips []net.IP
	for i := range 100 {
		ips = append(ips, net.IPv4(10, 0, 0, byte(i)))
	}
	if got := len(candidates(ips, 1, nil)); got != maxCandidates+1 {
		t.Errorf("%d lines, want %d and the end", got, maxCandidates)
	}
}
