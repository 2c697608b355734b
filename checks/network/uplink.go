package network

import (
	"context"
	"net/netip"
	"slices"
)

// uplink is a way out of this computer: an interface with a default route.
type uplink struct {
	// name is the interface's name, as the system calls it.
	name string
	// kind is [Cable], [WiFi] or [Mobile]; empty for one that is of no device, as a VPN's or a container's.
	kind string
	// gateway is the router behind it; not valid where there is none, or it is not told.
	gateway netip.Addr
	// metric orders them: the lowest is preferred.
	metric int
}

// Link is how this computer is connected: by [Cable], [WiFi] or [Mobile] network,
// judged by the preferred default route; where that is a VPN's, by the physical
// one below it. It is empty where the system does not tell.
func Link(ctx context.Context) string {
	return linkOf(uplinks(ctx))
}

func linkOf(list []uplink) string {
	if i := slices.IndexFunc(list, func(u uplink) bool { return u.kind != "" }); i >= 0 {
		return list[i].kind
	}
	return ""
}

// preferred puts ways out in the order in which the system takes them.
func preferred(list []uplink) []uplink {
	slices.SortStableFunc(list, func(a, b uplink) int { return a.metric - b.metric })
	return list
}

// physical are the names of the interfaces that lead out, each once, without those of VPNs.
func physical(list []uplink) (names []string) {
	for _, u := range list {
		if !slices.Contains(names, u.name) && !tunnel(u.name) {
			names = append(names, u.name)
		}
	}
	return names
}
