package network

import (
	"context"
	"os/exec"
	"strings"
)

// Link is how this computer is connected: by [Cable] or [WiFi], judged by the
// interface of the default route, as the system's own tools tell. It is empty where
// they do not.
func Link(ctx context.Context) string {
	route, err := exec.CommandContext(ctx, "/sbin/route", "-n", "get", "default").Output()
	if err != nil {
		return ""
	}
	ports, err := exec.CommandContext(ctx, "/usr/sbin/networksetup", "-listallhardwareports").Output()
	if err != nil {
		return ""
	}
	return kindOf(after(string(route), "interface: "), string(ports))
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
		if name == "" || after(block, "Device: ") != name {
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
