package network

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

// firewall says whether the system's own firewall is on, in all of its profiles
// ("on"), in none ("off") or in some. It is empty where that is not told.
func firewall(context.Context) string {
	const base = `SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\`
	on, off := 0, 0
	for _, profile := range []string{"DomainProfile", "StandardProfile", "PublicProfile"} {
		key, err := registry.OpenKey(registry.LOCAL_MACHINE, base+profile, registry.QUERY_VALUE)
		if err != nil {
			continue
		}
		if v, _, err := key.GetIntegerValue("EnableFirewall"); err == nil {
			if v != 0 {
				on++
			} else {
				off++
			}
		}
		_ = key.Close()
	}
	switch {
	case on == 0 && off == 0:
		return ""
	case off == 0:
		return "on"
	case on == 0:
		return "off"
	}
	return "some"
}
