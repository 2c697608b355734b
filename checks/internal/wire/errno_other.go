//go:build !windows

package wire

import "syscall"

// refusals begin with those of a port, of a host, and of a connection that was broken off.
func refusals() []syscall.Errno {
	return []syscall.Errno{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ECONNRESET, syscall.EACCES, syscall.EPERM}
}

func noRoutes() []syscall.Errno { return []syscall.Errno{syscall.ENETUNREACH, syscall.EADDRNOTAVAIL} }
