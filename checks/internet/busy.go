package internet

import (
	"context"

	"github.com/shirou/gopsutil/v3/cpu"
)

const (
	// exhausted is the share of all processors from which on the computer itself
	// limits a transfer.
	exhausted = 0.92
)

// work is what all processors together have done so far, in seconds; zero where the system does not tell.
type work struct{ busy, total float64 }

// busy asks the system.
func busy(ctx context.Context) work {
	t, err := cpu.TimesWithContext(ctx, false)
	if err != nil || len(t) == 0 {
		return work{}
	}
	all := t[0]
	total := all.User + all.System + all.Nice + all.Irq + all.Softirq + all.Steal + all.Idle + all.Iowait
	return work{busy: total - all.Idle - all.Iowait, total: total}
}

// limits says whether the processors had nothing left since then.
func (w work) limits(since work) bool {
	total := w.total - since.total
	return since.total > 0 && total > 0 && (w.busy-since.busy)/total >= exhausted
}
