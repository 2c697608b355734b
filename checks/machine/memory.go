package machine

import (
	"context"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// MemoryCheck is the id of the check that [NewMemory] makes.
const MemoryCheck = "machine.memory"

const (
	memoryRevision = 2
	// leastMemory is less than any computer that runs this has, in bytes.
	leastMemory = 16 << 20
	// maxBytes is more than any computer has, and the most a report can say.
	maxBytes = 999e12
)

// Memory is the check machine.memory. Make it with [NewMemory].
type Memory struct{ system system }

// NewMemory makes the check of memory and disk.
func NewMemory() *Memory { return &Memory{system: thisSystem()} }

// Spec says what the check needs.
func (m *Memory) Spec() checks.Spec {
	return checks.Spec{ID: MemoryCheck, Revision: memoryRevision, Needs: []checks.Resource{checks.CPU}, Typical: 200 * time.Millisecond, Timeout: 10 * time.Second, Fresh: 15 * time.Minute}
}

// Run asks the system for memory, swap and free disk, and whether memory is
// short just now. What it does not tell is absent.
func (m *Memory) Run(ctx context.Context, rec *checks.Recorder) error {
	q := newQuestions(ctx)
	defer q.tell(rec)
	bytes := func(n uint64) bool { return within(float64(n), 0, maxBytes) }
	total, ok := m.memory(q, rec)
	if used, known := ask(q, "swap", m.system.swap, bytes); known {
		rec.Metric("machine.memory.swap.used.bytes", float64(used), "bytes", 0)
	}
	if p, known := ask(q, "pressure", m.system.pressure, pressure.possible); known {
		rec.Fact("pressure", p.level)
		if p.known {
			rec.Metric("machine.memory.stalled.ratio", p.stalled, "ratio", 0)
			rec.Metric("machine.memory.stalled.all.ratio", p.all, "ratio", 0)
		}
	}
	if free, known := ask(q, "disk", m.system.disk, bytes); known {
		rec.Metric("machine.disk.free.bytes", float64(free), "bytes", 0)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !ok {
		return checks.Unavailable("machine.memory.unknown", report.FaultUs, nil)
	}
	rec.Metric("machine.memory.total.bytes", total, "bytes", 0)
	return nil
}

// memory records what is available and returns the total. A container's limit
// counts where it is below what the computer has.
func (m *Memory) memory(q *questions, rec *checks.Recorder) (total float64, ok bool) {
	told, ok := ask(q, "memory", both(m.system.memory), func(p pair[uint64]) bool { return within(float64(p.a), leastMemory, maxBytes) })
	if !ok {
		return 0, false
	}
	total, available := float64(told.a), float64(told.b)
	limit, left, limited := memoryLimit(m.system.root)
	if limited && limit >= leastMemory {
		total, available = min(total, limit), min(available, left)
	}
	if within(available, 1, total) { // a running system never has nothing at all
		rec.Metric("machine.memory.available.bytes", available, "bytes", 0)
	} else {
		q.miss("memory")
	}
	return total, true
}
