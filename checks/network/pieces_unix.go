//go:build linux || darwin

package network

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// smallPieces asks that a connection sends and gets no long packets.
func smallPieces(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, 536) // where it cannot be asked for, packets are as long as ever
	})
}
