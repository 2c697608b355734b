package network

import (
	"context"
	"time"

	gnet "github.com/shirou/gopsutil/v3/net"
)

// moved is what an interface has moved so far, in bytes.
type moved struct {
	in, out uint64
	at      time.Time
	known   bool
}

// movedBy reads an interface's counters: those of all programs together.
func movedBy(ctx context.Context, name string) moved {
	all, err := gnet.IOCountersWithContext(ctx, true)
	if err != nil {
		return moved{}
	}
	for _, c := range all {
		if c.Name == name {
			return moved{c.BytesRecv, c.BytesSent, time.Now(), true}
		}
	}
	return moved{}
}

// trafficSpan is the shortest time over which traffic is counted.
const trafficSpan = 1200 * time.Millisecond

// since is how fast an interface moved bytes between two looks, in Mbit/s. ok is
// false where it cannot be told.
func (m moved) since(before moved) (down, up float64, ok bool) {
	seconds := m.at.Sub(before.at).Seconds()
	if !m.known || !before.known || seconds <= 0 || m.in < before.in || m.out < before.out {
		return 0, 0, false
	}
	return float64(m.in-before.in) * 8 / 1e6 / seconds, float64(m.out-before.out) * 8 / 1e6 / seconds, true
}
