package network

import (
	"context"
	"net/netip"
	"os/exec"
	"strings"
)

// uplinks are the ways out, the preferred one first, as the system's own tools tell.
func uplinks(ctx context.Context) (list []uplink) {
	ports, err := exec.CommandContext(ctx, "/usr/sbin/networksetup", "-listallhardwareports").Output()
	if err != nil {
		ports = nil
	}
	for i, family := range []string{"-inet", "-inet6"} {
		route, err := exec.CommandContext(ctx, "/sbin/route", "-n", "get", family, "default").Output()
		if err != nil {
			continue
		}
		u := uplink{name: after(string(route), "interface: "), metric: i}
		if u.name == "" {
			continue
		}
		u.kind = kindOf(u.name, string(ports))
		u.gateway, _ = netip.ParseAddr(after(string(route), "gateway: ")) // a gateway may be a link, and then has no address
		list = append(list, u)
	}
	return list
}

// after is the rest of the line that follows a mark.
func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	rest, _, _ = strings.Cut(rest, "\n")
	return strings.TrimSpace(rest)
}

// kindOf finds the port of an interface in the list of ports: a block of lines for each.
func kindOf(name, ports string) string {
	for block := range strings.SplitSeq(ports, "\n\n") {
		if after(block, "Device: ") != name {
			continue
		}
		switch port := after(block, "Hardware Port: "); {
		case strings.Contains(port, "Wi-Fi"):
			return WiFi
		case strings.Contains(port, "Ethernet"), strings.Contains(port, "LAN"):
			return Cable
		}
	}
	return ""
}

// tunnel says whether an interface is a VPN's, by its name.
func tunnel(name string) bool {
	return strings.HasPrefix(name, "utun") || strings.HasPrefix(name, "ipsec") || strings.HasPrefix(name, "ppp") || strings.HasPrefix(name, "tun") || strings.HasPrefix(name, "tap")
}
