package webrtc

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"linecheck/checks/internal/media"
)

// candidate is an address in a session description that is reached over UDP.
type candidate struct{ addr netip.AddrPort }

// withCandidates keeps the addresses for UDP that keep says; those for TCP and
// those that cannot be read are dropped.
func withCandidates(sdp string, keep func(candidate) bool) string {
	var kept []string
	for line := range strings.SplitSeq(strings.TrimRight(sdp, "\r\n"), "\r\n") {
		if strings.HasPrefix(line, "a=end-of-candidates") {
			continue
		}
		if text, ok := strings.CutPrefix(line, "a=candidate:"); ok {
			if one, ok := parseCandidate(text); !ok || !keep(one) {
				continue
			}
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\r\n") + "\r\n"
}

// parseCandidate reads a candidate for UDP (RFC 8839, 5.1).
func parseCandidate(text string) (candidate, bool) {
	f := strings.Fields(text)
	if len(f) < 8 || !strings.EqualFold(f[2], "udp") {
		return candidate{}, false
	}
	ip, err := netip.ParseAddr(f[4])
	if err != nil {
		return candidate{}, false
	}
	port, err := strconv.ParseUint(f[5], 10, 16)
	return candidate{netip.AddrPortFrom(ip.Unmap(), uint16(port))}, err == nil && port > 0
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
