package wire

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// The system's own numbers: those of package syscall with the same names are invented there.

// refusals begin with that of a port and that of a host.
func refusals() []syscall.Errno {
	return []syscall.Errno{windows.WSAECONNREFUSED, windows.WSAEHOSTUNREACH, windows.WSAECONNRESET, windows.WSAEACCES}
}

func noRoutes() []syscall.Errno {
	return []syscall.Errno{windows.WSAENETUNREACH, windows.WSAEADDRNOTAVAIL, windows.WSAENETDOWN}
}
