//go:build !linux

package machine

import "time"

// waitUntil sleeps by Go's timers, which use what the system has of high resolution.
func waitUntil(due time.Time) { time.Sleep(time.Until(due)) }
