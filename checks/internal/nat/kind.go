package nat

import (
	"net/netip"
	"slices"
)

// The values of the fact nat: how this computer's UDP packets are seen outside
// (RFC 4787, 4.1). It is mapping alone: how the NAT filters is another question, to a server with two addresses.
const (
	None        = "none"                 // seen as it is: no NAT in between
	Independent = "endpoint-independent" // one address for all servers
	Dependent   = "endpoint-dependent"   // another address for each server: peers cannot find it out beforehand
	Some        = "behind-nat"           // some NAT; with one server its kind cannot be told
)

// Kind names the mapping that the answers show, to a computer with these addresses;
// empty where nothing is known.
func (s Survey) Kind(own []netip.Addr) string {
	if len(s.Mappings) == 0 {
		return ""
	}
	first := s.Mappings[0]
	servers := map[netip.Addr]bool{}
	for _, m := range s.Mappings {
		servers[m.Server.Addr()] = true
		if m.Mapped != first.Mapped {
			return Dependent
		}
	}
	if first.Mapped.Port() == s.Local.Port() && slices.Contains(own, first.Mapped.Addr()) {
		return None
	}
	if len(servers) < 2 {
		return Some
	}
	return Independent
}
