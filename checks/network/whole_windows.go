package network

import (
	"net"

	"golang.org/x/sys/windows"
)

// dontFragment is the socket option IP_DONTFRAGMENT of Winsock, and IPV6_DONTFRAG.
const dontFragment = 14

// keepWhole asks that packets of a socket are sent in one piece or not at all.
// A system that cannot sends them in pieces, and then they pass.
func keepWhole(conn *net.UDPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IP, dontFragment, 1)
		_ = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IPV6, dontFragment, 1)
	})
}
