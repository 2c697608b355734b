package probe

import (
	"fmt"
	"net"
	"slices"

	"linecheck/checks/internal/media"
)

// maxCandidates bounds the addresses in one answer.
const maxCandidates = 16

// withCandidates replaces the addresses in a session description by these, in
// the order they are to be preferred: each with the port for UDP and, less
// preferred, the ports for TCP.
func withCandidates(sdp string, ips []net.IP, port int, tcp []int) string {
	return media.WithCandidates(sdp, candidates(ips, port, tcp))
}

// candidates are the attribute lines of host candidates (RFC 8839, 5.1; RFC 6544, 4.5).
func candidates(ips []net.IP, port int, tcp []int) []string {
	var known []net.IP
	for _, ip := range ips {
		same := func(other net.IP) bool { return other.Equal(ip) }
		if !ip.IsUnspecified() && !slices.ContainsFunc(known, same) && len(known) < maxCandidates {
			known = append(known, ip)
		}
	}
	var out []string
	add := func(ip net.IP, transport string, preference, port int, more string) {
		local := 65535 - len(out) // RFC 8445, 5.1.2.1
		out = append(out, fmt.Sprintf("a=candidate:%d 1 %s %d %s %d typ host%s", len(out)+1, transport, preference<<24|local<<8|255, ip, port, more))
	}
	for _, ip := range known {
		add(ip, "udp", 126, port, "")
	}
	for _, port := range tcp {
		for _, ip := range known {
			add(ip, "tcp", 90, port, " tcptype passive")
		}
	}
	return append(out, "a=end-of-candidates")
}
