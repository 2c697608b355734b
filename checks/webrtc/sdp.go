package webrtc

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"linecheck/checks/internal/media"
)

// candidatesOf are the addresses for UDP in a session description; those for TCP and those that
// cannot be read are left out.
func candidatesOf(sdp string) (all []netip.AddrPort) {
	for line := range strings.Lines(sdp) {
		if text, ok := strings.CutPrefix(line, "a=candidate:"); ok {
			if at, ok := parseCandidate(text); ok {
				all = append(all, at)
			}
		}
	}
	return all
}

// parseCandidate reads a candidate for UDP (RFC 8839, 5.1).
func parseCandidate(text string) (at netip.AddrPort, ok bool) {
	f := strings.Fields(text)
	if len(f) < 8 || !strings.EqualFold(f[2], "udp") {
		return at, false
	}
	ip, err := netip.ParseAddr(f[4])
	if err != nil {
		return at, false
	}
	port, err := strconv.ParseUint(f[5], 10, 16)
	return netip.AddrPortFrom(ip.Unmap(), uint16(port)), err == nil && port > 0
}

// theseCandidates puts these addresses in the place of all, the first of them first.
func theseCandidates(sdp string, all ...netip.AddrPort) string {
	const first = 2130706431 // the priority of a host's first address (RFC 8445, 5.1.2.1); the next are a local preference lower
	var lines []string
	for i, at := range all {
		lines = append(lines, fmt.Sprintf("a=candidate:%d 1 udp %d %s %d typ host", i+1, first-i<<8, at.Addr(), at.Port()))
	}
	return media.WithCandidates(sdp, lines)
}
