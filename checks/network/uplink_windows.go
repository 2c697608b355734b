package network

import (
	"context"
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// uplinks are the ways out, the preferred one first: adapters that are up and have a gateway.
func uplinks(context.Context) (list []uplink) {
	eachAdapter(func(a *windows.IpAdapterAddresses) {
		if a.OperStatus != windows.IfOperStatusUp || a.FirstGatewayAddress == nil {
			return
		}
		u := uplink{name: windows.UTF16PtrToString(a.FriendlyName), kind: kindOf(a.IfType), metric: int(a.Ipv4Metric)}
		if isTunnel(a) {
			u.kind = ""
		}
		if ip, ok := netip.AddrFromSlice(a.FirstGatewayAddress.Address.IP()); ok {
			u.gateway = ip.Unmap()
		}
		list = append(list, u)
	})
	return preferred(list)
}

func eachAdapter(f func(*windows.IpAdapterAddresses)) {
	size := uint32(32 << 10)
	const flags = windows.GAA_FLAG_INCLUDE_GATEWAYS | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	for range 3 { // the list may grow between two calls
		buf := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == windows.ERROR_BUFFER_OVERFLOW {
			continue
		}
		for a := first; err == nil && a != nil; a = a.Next {
			f(a)
		}
		return
	}
}

// Types of interfaces, as the IANA numbers them.
const (
	typeEthernet = 6
	typePPP      = 23
	typeVirtual  = 53
	typeWireless = 71
	typeTunnel   = 131
	typeWWAN     = 243
	typeWWAN2    = 244
)

func kindOf(ifType uint32) string {
	switch ifType {
	case typeEthernet:
		return Cable
	case typeWireless:
		return WiFi
	case typeWWAN, typeWWAN2:
		return Mobile
	default:
		return ""
	}
}

// isTunnel says whether an adapter is a VPN's: by its type, or by the driver's own description.
func isTunnel(a *windows.IpAdapterAddresses) bool {
	switch a.IfType {
	case typePPP, typeVirtual, typeTunnel:
		return true
	}
	about := strings.ToLower(windows.UTF16PtrToString(a.Description))
	for _, word := range []string{"tap-", "wintun", "wireguard", "vpn", "tunnel"} {
		if strings.Contains(about, word) {
			return true
		}
	}
	return false
}

// tunnel says whether an adapter is a VPN's.
func tunnel(name string) (is bool) {
	eachAdapter(func(a *windows.IpAdapterAddresses) {
		if windows.UTF16PtrToString(a.FriendlyName) == name {
			is = isTunnel(a)
		}
	})
	return is
}
