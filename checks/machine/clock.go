package machine

import (
	"context"
	"math"
	"time"

	"linecheck/checks"
)

const (
	// clockAsks is how often the probe is asked for its time, clockPatience how long all of it may take.
	clockAsks     = 4
	clockPatience = 3 * time.Second
	// jumped is by how much the clock of the wall and the one that only runs on may
	// disagree over one question; more, and somebody set the clock meanwhile.
	jumped = 50 * time.Millisecond
	// maxOffset is a century, in milliseconds.
	maxOffset = 100 * 366 * 24 * 3600e3
)

// clock compares this computer's clock with the probe's. That the probe cannot
// be reached is for the checks of the line to tell.
func (s *System) clock(q *questions, rec *checks.Recorder) {
	ctx, cancel := context.WithTimeout(q.ctx, clockPatience)
	defer cancel()
	far, err := s.cfg.Far(ctx)
	if err != nil {
		return
	}
	var best reading
	n := 0
	for range clockAsks {
		before, begun := s.clocks()
		there, err := far.Clock(ctx)
		after, ended := s.clocks()
		r, steady := compare(before, after, ended-begun, there.ClockMS)
		if err != nil {
			break
		}
		if !steady {
			q.miss("clock")
			return
		}
		if n++; n == 1 || r.trip < best.trip {
			best = r
		}
	}
	if n == 0 || math.Abs(best.offset) > maxOffset {
		return
	}
	rec.Metric("machine.clock.offset.ms", best.offset, "ms", n)
	rec.Metric("machine.clock.error.ms", math.Abs(best.offset), "ms", n)
	rec.Metric("machine.clock.uncertainty.ms", best.trip/2, "ms", n)
}

// ownClocks are the clock on the wall, and one that only runs on.
func ownClocks() func() (wall time.Time, running time.Duration) {
	zero := time.Now()
	return func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(zero)
	}
}

// reading is one comparison of two clocks, in milliseconds.
type reading struct {
	// offset is by how much this clock is ahead, on the assumption that the way there
	// took as long as the way back; it is right to half of trip.
	offset, trip float64
}

// compare takes the clock on the wall before and after the other was read, and
// how long that took by the clock that only runs on. steady is false where the two
// contradict each other: somebody set the one on the wall in between.
func compare(before, after time.Time, trip time.Duration, thereMS int64) (r reading, steady bool) {
	r.trip = float64(trip) / float64(time.Millisecond)
	r.offset = float64(before.Add(trip/2).Sub(time.UnixMilli(thereMS))) / float64(time.Millisecond)
	return r, (after.Sub(before) - trip).Abs() <= jumped
}
