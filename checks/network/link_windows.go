package network

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Link is how this computer is connected: by [Cable], [WiFi] or [Mobile] network,
// judged by the adapter that is up, has a gateway and the lowest metric. It is empty
// where the system does not tell.
func Link(context.Context) string {
	size := uint32(32 << 10)
	const flags = windows.GAA_FLAG_INCLUDE_GATEWAYS | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	var first *windows.IpAdapterAddresses
	for range 3 { // the list may grow between two calls
		buf := make([]byte, size)
		first = (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == nil {
			break
		}
		if err != windows.ERROR_BUFFER_OVERFLOW {
			return ""
		}
		first = nil
	}
	kind, best := "", ^uint32(0)
	for a := first; a != nil; a = a.Next {
		k := kindOf(a.IfType)
		if k != "" && a.OperStatus == windows.IfOperStatusUp && a.FirstGatewayAddress != nil && a.Ipv4Metric < best {
			kind, best = k, a.Ipv4Metric
		}
	}
	return kind
}

// kindOf is the kind of an adapter by its type, as the IANA numbers interface types.
func kindOf(ifType uint32) string {
	switch ifType {
	case 6: // ethernetCsmacd
		return Cable
	case 71: // ieee80211
		return WiFi
	case 243, 244: // wwanPP, wwanPP2
		return Mobile
	default:
		return ""
	}
}
