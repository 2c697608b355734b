package machine

import (
	"context"

	"linecheck/checks/internal/load"
)

// Glance is what can be seen of the computer at once, without measuring. It is no
// evidence: the checks measure it properly.
type Glance struct {
	// Power is "mains" or "battery"; empty where the system does not tell.
	Power string

	work load.Work
}

// Look looks at the computer.
func Look(ctx context.Context) Glance {
	g := Glance{work: load.Now(ctx)}
	if battery, err := inTime(ctx, onBattery); err == nil {
		g.Power = map[bool]string{false: "mains", true: "battery"}[battery]
	}
	return g
}

// Load is the share of the time between two glances in which the processors were
// busy, 0 to 1; ok is false where it is unknown.
func (g Glance) Load(before Glance) (share float64, ok bool) { return g.work.Since(before.work) }
