package webrtc

import (
	"net"

	"golang.org/x/sys/unix"
)

// tellAll lets a connected socket report every ICMP error, and not only those of its
// port: firewalls say no in other words too. A call in progress is not to end by one of them.
func tellAll(conn *net.UDPConn, is bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	on := 0
	if is {
		on = 1
	}
	_ = raw.Control(func(fd uintptr) {
		// One of the two does not fit the socket's family, and is refused.
		_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_RECVERR, on)
		_ = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_RECVERR, on)
	})
}
