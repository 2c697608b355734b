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

// missedLimitMS is from what lateness on the computer misses the time of one packet in a hundred, as in
// machine.cpu.missed.ratio: then what the streams show may be the computer's and not the line's.
const missedLimitMS = 20

// directions are what is known of the two directions of a stream.
type directions struct {
	up, down             media.Loss
	upJitter, downJitter media.Jitter
	arrived              int  // packets the far end counted
	observed             bool // the way up is by the probe's own account
}

// record writes the figures of a stream that ran to its end. seen are the
// probe's own metrics, empty where there is no observation that can be trusted.
func (e *echoes) record(rec *checks.Recorder, name media.Stream, seen []report.Metric) {
	e.mu.Lock()
	defer e.mu.Unlock()
	prefix := name.Prefix()
	e.recordDelay(rec, prefix)
	d := e.directions(prefix, seen)
	if !d.observed {
		d.up.Fill(prefix+"loss.ratio.up", prefix+"burst.up", rec.Metric)
		d.upJitter.Fill(prefix+"jitter.ms.up", rec.Metric)
	}
	// The probe knows no packet after the last that came, and so no loss at the very end; who sent them does.
	up := media.Loss{Sent: len(e.sent), Lost: len(e.sent) - d.arrived}
	recordWorse(rec, prefix+"loss.ratio", "ratio", up.Ratio(), up.Sent, d.down.Ratio(), d.down.Sent)
	if len(e.echo) == 0 {
		return // what of the way down, nobody knows
	}
	d.down.Fill(prefix+"loss.ratio.down", prefix+"burst.down", rec.Metric)
	d.downJitter.Fill(prefix+"jitter.ms.down", rec.Metric)
	rec.Metric(prefix+"reordered.ratio.down", float64(e.down.Reordered())/float64(e.down.Unique()), "ratio", e.down.Unique())
	recordWorse(rec, prefix+"jitter.ms", "ms", d.upJitter.MS, d.upJitter.Samples, d.downJitter.MS, d.downJitter.Samples)
	if name != media.Video {
		e.recordQuality(rec, prefix, d)
	}
}

// recordWorse records the larger of two directions; the one that is known where the other is not.
func recordWorse(rec *checks.Recorder, key, unit string, up float64, upOf int, down float64, downOf int) {
	if up > down || math.IsNaN(down) {
		rec.Metric(key, up, unit, upOf)
		return
	}
	if !math.IsNaN(up) {
		rec.Metric(key, down, unit, downOf)
	}
}

// directions tell of the way up by the probe's account; where that is missing, by what
// the echoes told of it.
func (e *echoes) directions(prefix string, seen []report.Metric) (d directions) {
	d.arrived = min(int(e.count), len(e.sent))
	d.up = media.Loss{Sent: len(e.sent), Lost: len(e.sent) - d.arrived}
	for _, m := range seen {
		switch m.Key {
		case prefix + "loss.ratio.up":
			d.observed = true
			d.up = media.Loss{Sent: m.Samples, Lost: int(math.Round(float64(m.Value) * float64(m.Samples)))}
		case prefix + "jitter.ms.up":
			d.upJitter = media.Jitter{MS: float64(m.Value), Samples: m.Samples}
		case prefix + "packets.up":
			d.arrived = min(int(m.Value), len(e.sent))
		}
	}
	if !d.observed {
		var tally media.Tally
		for _, seq := range e.inOrderOfArrival() {
			tally.Add(seq, e.echo[seq].sent, e.echo[seq].received)
		}
		d.upJitter = tally.Jitter()
		d.up.Bursts = e.runs(d.up.Lost)
	}
	// What the probe sent is at least what it counted, so that losses at the very end are seen.
	d.down = e.down.Loss(max(e.down.Expected(), d.arrived))
	d.downJitter = e.down.Jitter()
	return d
}

// runs is how many runs of losses there were at most on the way up, of which only the number is known.
func (e *echoes) runs(lost int) int {
	n, missing := 0, false
	for seq := range uint32(len(e.sent)) {
		_, came := e.echo[seq]
		if !came && !missing {
			n++
		}
		missing = !came
	}
	return min(n, lost)
}

// recordDelay records what needs no far end's account: round trips and pacing.
func (e *echoes) recordDelay(rec *checks.Recorder, prefix string) {
	trips := e.roundTrips()
	low, high := stats.MedianInterval(trips)
	rec.Metric(prefix+"rtt.ms", stats.Quantile(trips, 0.5), "ms", len(trips))
	rec.Metric(prefix+"rtt.ms.low", low, "ms", len(trips))
	rec.Metric(prefix+"rtt.ms.high", high, "ms", len(trips))
	rec.Metric(prefix+"rtt.p95.ms", stats.Quantile(trips, 0.95), "ms", len(trips))
	if prefix != media.Speech.Prefix() {
		return
	}
	rec.Metric("webrtc.rtt.datachannel.ms", stats.Median(e.pings), "ms", len(e.pings))
	e.recordTrace(rec)
	late := stats.Quantile(slices.Sorted(slices.Values(e.late)), 0.99)
	rec.Metric("webrtc.pacing.p99.ms", late, "ms", len(e.late))
	if late > missedLimitMS {
		rec.Fact(report.LimitFact, report.LimitComputer)
	}
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
	e.recordDelay(rec, media.Speech.Prefix())
	rec.Metric("webrtc.media.stopped.ms", ms(max(0, e.latest-began)), "ms", len(e.echo))
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
func (e *echoes) recordQuality(rec *checks.Recorder, prefix string, d directions) {
	up, down := make([]arrival, len(e.sent)), make([]arrival, d.down.Sent)
	rttMin := time.Duration(math.MaxInt64)
	for seq, one := range e.echo {
		up[seq] = arrival{came: true, transit: one.received - one.sent}
		down[one.seq] = arrival{came: true, transit: one.back - one.returned}
		rttMin = min(rttMin, one.roundTrip())
	}
	fillUnseen(up, d.arrived)
	heardUp, heardDown := listen(up, rttMin), listen(down, rttMin)
	rec.Metric(prefix+"mos.up", heardUp.mos, "MOS", heardUp.heard)
	rec.Metric(prefix+"mos.down", heardDown.mos, "MOS", heardDown.heard)
	worse := heardDown
	if heardUp.mos < heardDown.mos {
		worse = heardUp
	}
	rec.Metric(mosKey(prefix), worse.mos, "MOS", worse.heard)
	rec.Metric(prefix+"playout.ms", ms(worse.buffer), "ms", worse.heard)
}

// mosKey is where the estimated quality of a stream stands.
func mosKey(prefix string) string {
	if prefix == media.Loaded.Prefix() {
		return "webrtc.mos.loaded"
	}
	return prefix + "mos"
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
