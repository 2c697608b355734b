package wire

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// The system's own numbers: those of package syscall with the same names are invented there.

// refusals begin with those of a port, of a host, and of a connection that was broken off.
func refusals() []syscall.Errno {
	return []syscall.Errno{windows.WSAECONNREFUSED, windows.WSAEHOSTUNREACH, windows.WSAECONNRESET, windows.WSAEACCES}
}

func noRoutes() []syscall.Errno {
	return []syscall.Errno{windows.WSAENETUNREACH, windows.WSAEADDRNOTAVAIL, windows.WSAENETDOWN}
}
