// Package tcp asks the system what it knows of a TCP connection: what arrived
// and what was delivered, packet by packet. A program that reads sees bytes only
// when all before them are there, so that one lost packet looks like a pause and a burst;
// the system sees each packet come. Systems that do not tell say so. Nothing is
// measured over time and nothing is judged here.
package tcp

import (
	"net"
	"time"
)

// Bulk prepares a connection for moving much: mostly full packets are sent as long
// as any are on their way (Nagle, RFC 896), so that packets can be counted for bytes.
func Bulk(c net.Conn) {
	if t, ok := c.(interface{ SetNoDelay(bool) error }); ok {
		_ = t.SetNoDelay(false) // a connection that cannot is as good as broken
	}
}

// State is what a connection has seen so far.
type State struct {
	// Arrived is the payload that came in, in bytes, as if every packet were full, and
	// each as often as it came; Received is what of it can be read, without gaps.
	Arrived, Received int64
	// Delivered is the payload that the far end has, in order or not, as if every
	// packet were full; Acked is what of it is acknowledged without gaps, in bytes.
	Delivered, Acked int64
	// Gaps counts packets that came out of order so far; Holes are packets under way that
	// are known to be missing or to have overtaken others, now.
	Gaps, Holes uint32
	// RTT is the shortest round trip; 0 where there was none yet.
	RTT time.Duration
}

// Filled is how full packets were between two looks: bytes of payload of so many
// that full packets would have carried, of what came in (in) or went out. Where packets
// were missing meanwhile it cannot be told, and both are 0.
func Filled(before, after State, in bool) (payload, full int64) {
	payload, full = after.Acked-before.Acked, after.Delivered-before.Delivered
	whole := before.Holes+after.Holes == 0
	if in {
		payload, full = after.Received-before.Received, after.Arrived-before.Arrived
		whole = before.Gaps == after.Gaps
	}
	if !whole || payload <= 0 || payload > full {
		return 0, 0
	}
	return payload, full
}
