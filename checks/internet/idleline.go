package internet

import (
	"math"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
)

// idleLine is what an idle line did to packets.
type idleLine struct {
	trips      []float64 // ms, of those that came back
	jitter     float64   // ms; NaN where it is unknown
	steps      int       // pairs that the jitter rests on
	lostUp, up int       // of so many to the probe; up is 0 where the probe does not count
	lostDown   int       // of those that the probe received
	received   int       // how many the probe received
	lost, sent int       // there and back together
}

// lineOf sums packets up.
func lineOf(sent []packet) (l idleLine) {
	apart := int(voiceGap / quickGap)
	var steps []float64
	lastCounted := -1
	for i, k := range sent {
		l.sent++
		if k.back == 0 {
			l.lost++
			continue
		}
		l.trips = append(l.trips, millis(k.back-k.sent))
		if k.count > 0 && int(k.count) > l.received {
			l.received, lastCounted = int(k.count), i
		}
		if j := i - apart; j >= 0 && sent[j].back > 0 {
			steps = append(steps, math.Abs(millis(k.back-k.sent)-millis(sent[j].back-sent[j].sent)))
		}
	}
	l.jitter, l.steps = stats.Mean(steps), len(steps)
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
