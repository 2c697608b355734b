package internet

import (
	"math"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
)

// movingRange is the mean difference of two draws of a normal distribution, in
// standard deviations (2/√π; Shewhart's d₂ of two). By it the mean change from one round
// trip to the next tells their spread, which neither a drift nor one late packet blows up.
const movingRange = 1.128

// idleLine is what an idle line did to packets.
type idleLine struct {
	trips      []float64 // ms, of the bursts that came back
	jitter     float64   // ms; NaN where it is unknown
	steps      int       // pairs of bursts that the jitter rests on
	lostUp, up int       // of so many to the probe; up is 0 where the probe does not count
	lostDown   int       // of those that the probe received
	received   int       // how many the probe received
	lost, sent int       // there and back together
}

// lineOf sums packets up. Of a burst the first that came back counts: those
// behind it on the line waited for it.
func lineOf(sent []packet) (l idleLine) {
	trips := map[int]float64{} // of each burst that came back
	var steps []float64
	lastCounted := -1
	for i, k := range sent {
		l.sent++
		if k.back == 0 {
			l.lost++
			continue
		}
		if k.count > 0 && int(k.count) > l.received {
			l.received, lastCounted = int(k.count), i
		}
		if _, ok := trips[k.burst]; ok {
			continue
		}
		trips[k.burst] = millis(k.back - k.sent)
		l.trips = append(l.trips, trips[k.burst])
		if before, ok := trips[k.burst-1]; ok {
			steps = append(steps, math.Abs(trips[k.burst]-before))
		}
	}
	l.jitter, l.steps = stats.Mean(steps)/movingRange, len(steps)
	if lastCounted >= 0 { // what came after the last counted one is unknown
		l.up = lastCounted + 1
		l.lostUp = max(0, l.up-l.received)
		back := 0
		for _, k := range sent[:l.up] {
			if k.back > 0 {
				back++
			}
		}
		l.lostDown = max(0, l.received-back)
	}
	return l
}

// record writes the losses of the idle line: of each direction where the probe
// counts, and the larger of both; of there and back together where it does not.
func (l idleLine) record(rec *checks.Recorder) {
	if l.up == 0 || l.received == 0 {
		rec.Metric("internet.loss.ratio", float64(l.lost)/float64(l.sent), "ratio", l.sent)
		return
	}
	up, down := float64(l.lostUp)/float64(l.up), float64(l.lostDown)/float64(l.received)
	rec.Metric("internet.loss.ratio.up", up, "ratio", l.up)
	rec.Metric("internet.loss.ratio.down", down, "ratio", l.received)
	if up > down {
		rec.Metric("internet.loss.ratio", up, "ratio", l.up)
	} else {
		rec.Metric("internet.loss.ratio", down, "ratio", l.received)
	}
}
