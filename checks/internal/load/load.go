// Package load says how busy the processors of this computer are. It is for
// telling whose limit a measurement met; what is done about it is the checks'
// matter and never comes in here.
package load

import (
	"context"

	"github.com/shirou/gopsutil/v3/cpu"
)

// Work is what all processors together have done so far, in seconds; the zero
// value where the system does not tell.
type Work struct{ busy, total float64 }

// Seconds is what a processor's counters say, in seconds. Waiting for a disk is
// not busy; time that a hypervisor gave to others is, because nobody here could use it.
func Seconds(t cpu.TimesStat) (busy, total float64) {
	busy = t.User + t.System + t.Nice + t.Irq + t.Softirq + t.Steal // guest time is part of user time already
	return busy, busy + t.Idle + t.Iowait
}

// Now asks the system.
func Now(ctx context.Context) Work {
	if Plain("/proc/stat") != nil {
		return Work{}
	}
	all, err := cpu.TimesWithContext(ctx, false)
	if err != nil || len(all) == 0 {
		return Work{}
	}
	busy, total := Seconds(all[0])
	return Work{busy: busy, total: total}
}

// Since is the share of the time between two moments in which the processors
// were busy, 0 to 1; ok is false where it is unknown.
func (w Work) Since(before Work) (share float64, ok bool) {
	total := w.total - before.total
	if before.total <= 0 || total <= 0 {
		return 0, false
	}
	return min(1, max(0, (w.busy-before.busy)/total)), true
}
