package wire

import (
	"errors"
	"syscall"
)

// Refused says whether something at the far end or on the way said no: a port
// where nobody listens, or a firewall that rejects.
func Refused(err error) bool { return isAny(err, refusals()) }

// Reset says whether a connection was broken off by the far end, or in its name.
func Reset(err error) bool { return isAny(err, refusals()[2:3]) }

// NoRoute says whether the system knows no way to send.
func NoRoute(err error) bool { return isAny(err, noRoutes()) }

// turnedAway: nobody listens at the port. hostGone: nobody has the address.
func turnedAway(err error) bool { return isAny(err, refusals()[:1]) }
func hostGone(err error) bool   { return isAny(err, refusals()[1:2]) }

func isAny(err error, list []syscall.Errno) bool {
	for _, e := range list {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
