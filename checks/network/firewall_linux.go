package network

import (
	"context"
	"os"
	"strings"
)

// firewall says whether this computer's own firewall is on, by the settings that
// anybody may read: those of ufw and of firewalld. Rules themselves are for the
// administrator alone to read. It is empty where nothing is told.
func firewall(context.Context) string { return firewallBelow("/etc", "/run") }

func firewallBelow(etc, run string) string {
	if text, err := os.ReadFile(etc + "/ufw/ufw.conf"); err == nil {
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), "ENABLED="); ok {
				if v == "yes" {
					return "on"
				}
				return "off"
			}
		}
	}
	if _, err := os.Stat(run + "/firewalld.pid"); err == nil {
		return "on"
	}
	return ""
}
