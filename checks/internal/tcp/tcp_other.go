//go:build !linux

package tcp

import "net"

// Of tells nothing on this system.
func Of(net.Conn) (s State, ok bool) { return s, false }

// Congestion is not to be chosen on this system.
func Congestion(net.Conn, string) string { return "" }
