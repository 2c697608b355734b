package network

import (
	"net"

	"golang.org/x/sys/unix"
)

// keepWhole asks that packets of a socket are sent in one piece or not at all.
// A system that cannot sends them in pieces, and then they pass.
func keepWhole(conn *net.UDPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_DONTFRAG, 1)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, 1)
	})
}
