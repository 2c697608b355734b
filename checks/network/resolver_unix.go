//go:build !windows

package network

import (
	"os"
	"strings"
)

// resolvers are the addresses of the system's resolvers, as far as they stand in the
// file that all unix systems have; macOS keeps more of its own.
func resolvers() (list []string) {
	text, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if field := strings.Fields(line); len(field) >= 2 && field[0] == "nameserver" {
			list = append(list, field[1])
		}
	}
	return list
}
