package webrtc

import (
	"math"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/checks/internal/stats"
	"linecheck/report"
)

// busyLimitMS is from what lateness of its own sending (99 of 100 packets) a
// computer counts as busy: then jitter may be its own and not the network's.
const busyLimitMS = 10

// upFigures are what is known of the direction to the probe.
type upFigures struct {
	loss, jitter     float64
	lossOf, jitterOf int
	arrived          int // packets the far end counted; 0 where it did not say
	observed         bool
}

// record writes the figures of a stream that ran to its end. seen are the
// probe's own metrics, empty where there is no observation that can be trusted.
func (e *echoes) record(rec *checks.Recorder, seen []report.Metric) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recordDelay(rec)

	up := e.up(seen)
	if !up.observed {
		rec.Metric("webrtc.loss.ratio.up", up.loss, "ratio", up.lossOf)
		rec.Metric("webrtc.jitter.ms.up", up.jitter, "ms", up.jitterOf)
	}
	// What the probe sent is at least what it counted, so that losses at the very end are seen.
	expected := max(e.down.Expected(), up.arrived)
	lossDown := float64(expected-e.down.Unique()) / float64(expected)
	jitterDown, steps := e.down.Jitter()
	rec.Metric("webrtc.loss.ratio.down", lossDown, "ratio", expected)
	rec.Metric("webrtc.jitter.ms.down", jitterDown, "ms", steps)
	rec.Metric("webrtc.reordered.ratio.down", float64(e.down.Reordered())/float64(e.down.Unique()), "ratio", e.down.Unique())

	recordWorse(rec, "webrtc.loss.ratio", "ratio", up.loss, up.lossOf, lossDown, expected)
	recordWorse(rec, "webrtc.jitter.ms", "ms", up.jitter, up.jitterOf, jitterDown, steps)
	e.recordQuality(rec, expected)
}

// recordWorse records the larger of two directions; nothing where one is unknown.
func recordWorse(rec *checks.Recorder, key, unit string, up float64, upOf int, down float64, downOf int) {
	if math.IsNaN(up) || math.IsNaN(down) {
		return
	}
	if up > down {
		rec.Metric(key, up, unit, upOf)
		return
	}
	rec.Metric(key, down, unit, downOf)
}

// recordDelay records what needs no far end's account: round trips and pacing.
func (e *echoes) recordDelay(rec *checks.Recorder) {
	trips := e.roundTrips()
	rec.Metric("webrtc.rtt.ms", stats.Quantile(trips, 0.5), "ms", len(trips))
	rec.Metric("webrtc.rtt.p95.ms", stats.Quantile(trips, 0.95), "ms", len(trips))
	rec.Metric("webrtc.rtt.datachannel.ms", stats.Median(e.pings), "ms", len(e.pings))
	e.recordTrace(rec)
	late := stats.Quantile(slices.Sorted(slices.Values(e.late)), 0.99)
	rec.Metric("webrtc.pacing.p99.ms", late, "ms", len(e.late))
	switch {
	case late > busyLimitMS:
		rec.Fact("pacing", "busy")
	case late <= busyLimitMS:
		rec.Fact("pacing", "steady")
	}
}

// traceStep is how many packets apart the round trips of the trace are: 100 ms.
const traceStep = 5

// recordTrace records round trips over the time of the stream.
func (e *echoes) recordTrace(rec *checks.Recorder) {
	var at []time.Duration
	var trips []float64
	for seq := 0; seq < len(e.sent); seq += traceStep {
		if one, ok := e.echo[uint32(seq)]; ok {
			at, trips = append(at, time.Duration(seq)*media.Interval), append(trips, ms(one.roundTrip()))
		}
	}
	rec.Series("webrtc.rtt.ms", "ms", at, trips)
}

// recordStopped records what a stream that broke off tells: delays while it
// flowed, and how long it flowed, counted from began.
func (e *echoes) recordStopped(rec *checks.Recorder, began time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recordDelay(rec)
	rec.Metric("webrtc.media.stopped.ms", ms(max(0, e.latest-began)), "ms", len(e.echo))
}

// up is the direction to the probe by the probe's own account; where that is
// missing, by what the echoes told of it.
func (e *echoes) up(seen []report.Metric) upFigures {
	f := upFigures{loss: math.NaN(), jitter: math.NaN()}
	for _, m := range seen {
		switch m.Key {
		case "webrtc.loss.ratio.up":
			f.loss, f.lossOf, f.observed = float64(m.Value), m.Samples, true
		case "webrtc.jitter.ms.up":
			f.jitter, f.jitterOf = float64(m.Value), m.Samples
		case "webrtc.packets.up":
			f.arrived = min(int(m.Value), len(e.sent))
		}
	}
	if f.observed {
		return f
	}
	f.arrived = min(int(e.count), len(e.sent))
	f.loss, f.lossOf = float64(len(e.sent)-f.arrived)/float64(len(e.sent)), len(e.sent)
	var tally media.Tally
	for _, seq := range e.inOrderOfArrival() {
		tally.Add(seq, e.echo[seq].sent, e.echo[seq].received)
	}
	f.jitter, f.jitterOf = tally.Jitter()
	return f
}

// inOrderOfArrival are the echoed packets in the order in which they reached the far end.
func (e *echoes) inOrderOfArrival() []uint32 {
	order := make([]uint32, 0, len(e.echo))
	for seq := range e.echo {
		order = append(order, seq)
	}
	slices.SortFunc(order, func(a, b uint32) int { return int(e.echo[a].seq) - int(e.echo[b].seq) })
	return order
}

// recordQuality records the estimated call quality of the worse direction.
func (e *echoes) recordQuality(rec *checks.Recorder, expected int) {
	if len(e.echo) == 0 {
		return
	}
	up, down := make([]arrival, len(e.sent)), make([]arrival, expected)
	rttMin := time.Duration(math.MaxInt64)
	arrived := int(e.count)
	for seq, one := range e.echo {
		up[seq] = arrival{came: true, transit: one.received - one.sent}
		down[one.seq] = arrival{came: true, transit: one.back - one.returned}
		rttMin = min(rttMin, one.roundTrip())
	}
	fillUnseen(up, arrived)
	heardUp, heardDown := listen(up, rttMin), listen(down, rttMin)
	rec.Metric("webrtc.mos.up", heardUp.mos, "MOS", heardUp.heard)
	rec.Metric("webrtc.mos.down", heardDown.mos, "MOS", heardDown.heard)
	worse := heardDown
	if heardUp.mos < heardDown.mos {
		worse = heardUp
	}
	rec.Metric("webrtc.mos", worse.mos, "MOS", worse.heard)
	rec.Metric("webrtc.playout.ms", ms(worse.buffer), "ms", worse.heard)
}

// fillUnseen marks packets of the way up that arrived but were lost on their way
// back: so many that the number of arrivals is right. Their time is unknown; the
// neighbour's stands for it.
func fillUnseen(up []arrival, arrived int) {
	came := 0
	for _, a := range up {
		if a.came {
			came++
		}
	}
	var last *arrival
	for i := range up {
		if up[i].came {
			last = &up[i]
		} else if came < arrived && last != nil {
			up[i] = *last
			came++
		}
	}
}
