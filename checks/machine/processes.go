package machine

import (
	"cmp"
	"context"
	"os"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v3/process"

	"linecheck/checks/internal/load"
)

// processes is how much processor time each process has used.
type processes struct {
	at      time.Time
	seconds map[int32]float64
}

func (p processes) some() bool { return len(p.seconds) > 0 }

// listProcesses asks for the processes that this user may see, without this one.
func listProcesses(ctx context.Context) (processes, error) {
	if err := load.Plain(traces()...); err != nil {
		return processes{}, err
	}
	ids, err := process.PidsWithContext(ctx)
	if err != nil {
		return processes{}, err
	}
	p := processes{at: time.Now(), seconds: make(map[int32]float64, len(ids))}
	for _, id := range ids {
		if int(id) == os.Getpid() {
			continue
		}
		t, err := (&process.Process{Pid: id}).TimesWithContext(ctx)
		if ctx.Err() != nil {
			return processes{}, ctx.Err()
		}
		if err == nil && t != nil { // it may be gone, or somebody else's
			p.seconds[id] = t.User + t.System
		}
	}
	return p, nil
}

// processName is the name of a process's program.
func processName(ctx context.Context, pid int32) (string, error) {
	return (&process.Process{Pid: pid}).NameWithContext(ctx)
}

// hog is a process that took much.
type hog struct {
	pid int32
	// share is of one core: 1 is all of it, 2 are two.
	share float64
}

// heavy are the processes that took more than [busyShare] of a core between two
// listings, the greatest first. One that was not there before began in between,
// and so did one that seems to have used less: its number was given out anew.
func heavy(before, after processes) (list []hog) {
	lasted := after.at.Sub(before.at).Seconds()
	if lasted <= 0 {
		return nil
	}
	for pid, used := range after.seconds {
		if was, ok := before.seconds[pid]; ok && was <= used {
			used -= was
		}
		share := used / lasted
		if share > busyShare && share <= maxCores {
			list = append(list, hog{pid, share})
		}
	}
	slices.SortFunc(list, func(a, b hog) int { return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.pid, b.pid)) })
	return list
}
