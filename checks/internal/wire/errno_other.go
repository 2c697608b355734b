//go:build !windows

package wire

import "syscall"

// refusals begin with that of a port and that of a host.
func refusals() []syscall.Errno {
	return []syscall.Errno{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ECONNRESET, syscall.EACCES, syscall.EPERM}
}

func noRoutes() []syscall.Errno { return []syscall.Errno{syscall.ENETUNREACH, syscall.EADDRNOTAVAIL} }
