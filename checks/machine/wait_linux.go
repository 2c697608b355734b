package machine

import (
	"syscall"
	"time"
)

// waitUntil sleeps in the kernel itself: Go's own timers wake a thread through
// another one, which under full load costs up to some milliseconds of their own.
func waitUntil(due time.Time) {
	for {
		left := time.Until(due)
		if left <= 0 {
			return
		}
		ts := syscall.NsecToTimespec(int64(left))
		_ = syscall.Nanosleep(&ts, nil) // woken early by a signal it goes round again
	}
}
