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
		before := s.now()
		there, err := far.Clock(ctx)
		r, steady := compare(before, s.now(), there.ClockMS)
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
	rec.Metric("machine.clock.uncertainty.ms", best.trip/2, "ms", n)
}

// reading is one comparison of two clocks, in milliseconds.
type reading struct {
	// offset is by how much this clock is ahead, on the assumption that the way there
	// took as long as the way back; it is right to half of trip.
	offset, trip float64
}

// compare takes this computer's clock before and after the other was read.
// steady is false where somebody set it in between.
func compare(before, after time.Time, thereMS int64) (r reading, steady bool) {
	trip := after.Sub(before)                   // of the clock that only runs on
	wall := after.Round(0).Sub(before.Round(0)) // of the one on the wall
	r.trip = float64(trip) / float64(time.Millisecond)
	r.offset = float64(before.Add(trip/2).Round(0).Sub(time.UnixMilli(thereMS))) / float64(time.Millisecond)
	return r, (wall - trip).Abs() <= jumped
}
