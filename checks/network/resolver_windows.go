package network

import (
	"slices"

	"golang.org/x/sys/windows"
)

// resolvers are the addresses of the resolvers of all adapters that are up.
func resolvers() (list []string) {
	eachAdapter(func(a *windows.IpAdapterAddresses) {
		for d := a.FirstDnsServerAddress; d != nil && a.OperStatus == windows.IfOperStatusUp; d = d.Next {
			if ip := d.Address.IP(); ip != nil && !slices.Contains(list, ip.String()) {
				list = append(list, ip.String())
			}
		}
	})
	return list
}
