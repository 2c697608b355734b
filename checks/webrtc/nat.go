package webrtc

import (
	"net"
	"net/netip"
)

// The values of the fact nat: how this computer's UDP packets are seen outside
// (RFC 4787, 4.1). Nothing is said of filtering, which one socket cannot tell.
const (
	natNone        = "none"                 // seen as it is: no NAT in between
	natIndependent = "endpoint-independent" // one address for all servers
	natDependent   = "endpoint-dependent"   // another address for each server: peers cannot find it out beforehand
	natSome        = "behind-nat"           // some NAT; with one server its kind cannot be told
)

// nat names the mapping that the answers show; empty where nothing is known.
func (s survey) nat(own []netip.Addr) string {
	if len(s.mappings) == 0 {
		return ""
	}
	first := s.mappings[0]
	servers := map[netip.Addr]bool{}
	for _, m := range s.mappings {
		servers[m.server.Addr()] = true
		if m.mapped != first.mapped {
			return natDependent
		}
	}
	if first.mapped.Port() == s.local.Port() && contains(own, first.mapped.Addr()) {
		return natNone
	}
	if len(servers) < 2 {
		return natSome
	}
	return natIndependent
}

func contains(list []netip.Addr, a netip.Addr) bool {
	for _, b := range list {
		if a == b {
			return true
		}
	}
	return false
}

// ownAddresses are the addresses of this computer's interfaces.
func ownAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out
}
