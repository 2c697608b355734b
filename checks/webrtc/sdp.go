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

// onlyCandidate puts one address in the place of all.
func onlyCandidate(sdp string, at netip.AddrPort) string {
	return media.WithCandidates(sdp, []string{fmt.Sprintf("a=candidate:1 1 udp 2130706431 %s %d typ host", at.Addr(), at.Port())})
}
