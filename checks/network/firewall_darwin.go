package network

import (
	"context"
	"os/exec"
	"strings"
)

// firewall says whether the system's own firewall is on. It is empty where that is not told.
func firewall(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate").Output()
	switch text := string(out); {
	case err != nil:
		return ""
	case strings.Contains(text, "enabled"):
		return "on"
	case strings.Contains(text, "disabled"):
		return "off"
	}
	return ""
}
