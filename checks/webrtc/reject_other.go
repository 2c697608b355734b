//go:build !linux

package webrtc

import "net"

// tellAll does nothing: other systems report what they report.
func tellAll(*net.UDPConn, bool) {}
