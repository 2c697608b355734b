package audio

import (
	"slices"
	"sync/atomic"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
	"linecheck/report"
)

// The stages as people are told of them.
const (
	stageQuiet = "quiet"
	stageSpeak = "speak"
	stageSound = "sound" // where nobody was asked for anything
)

const (
	// levelsPerSecond is how often the live level is shown.
	levelsPerSecond = 20
	// hold is for how many levels a peak is shown: a second and a half.
	hold = 30
	// waiting is how many levels may wait to be shown: what is shown is at most so many late.
	waiting = 4
)

// listener keeps what is recorded and shows its level as it comes. Sound arrives in bursts of a
// tenth of a second and more; the levels in it are shown one by one, evenly.
type listener struct {
	rec *checks.Recorder
	// length is how long is recorded, asked whether somebody was asked to be quiet and then to speak.
	length  time.Duration
	asked   bool
	rate    int
	samples []float32
	// peaks are the levels of the last second and a half.
	peaks []float64
	// arrivals are when the pieces came, and how many samples there were then.
	arrivals []analysis.Arrival
	begun    time.Time
	// leveled is how many of the samples have been in a level.
	leveled int

	levels     chan checks.Progress
	quit, gone chan struct{}
	// still is the longest time in ns that this program itself stood still.
	still atomic.Int64
}

// stillMost is how long this program may have stood still for the times of arrivals to say
// something of the sound: else they say it of this computer's other work.
const stillMost = 250 * time.Millisecond

// punctual says whether the arrivals' times can be trusted.
func (l *listener) punctual() bool { return time.Duration(l.still.Load()) <= stillMost }

// listen starts to show; stop ends it.
func listen(rec *checks.Recorder, length time.Duration, asked bool) *listener {
	l := &listener{rec: rec, length: length, asked: asked, begun: time.Now(), levels: make(chan checks.Progress, waiting), quit: make(chan struct{}), gone: make(chan struct{})}
	go l.show()
	return l
}

func (l *listener) stop() {
	close(l.quit)
	<-l.gone
}

func (l *listener) show() {
	defer close(l.gone)
	tick := time.NewTicker(time.Second / levelsPerSecond)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-l.quit:
			return
		case <-tick.C:
		}
		now := time.Now()
		l.still.Store(max(l.still.Load(), int64(now.Sub(last))))
		last = now
		select {
		case p := <-l.levels:
			l.rec.Progress(p)
		default:
		}
	}
}

func (l *listener) opened(r device.Result) { l.rate = r.InputRate }

// hear takes the next piece of the recording.
func (l *listener) hear(in []float32) {
	l.samples = append(l.samples, in...)
	l.arrivals = append(l.arrivals, analysis.Arrival{Seconds: time.Since(l.begun).Seconds(), Samples: len(l.samples)})
	step := l.rate / levelsPerSecond
	for step > 0 && len(l.samples)-l.leveled >= step {
		piece := l.samples[l.leveled : l.leveled+step]
		l.leveled += step
		select {
		case l.levels <- l.progress(piece):
		default: // late already
		}
	}
}

// peak is the highest of the last levels, with this one.
func (l *listener) peak(level report.Number) report.Number {
	l.peaks = append(l.peaks, float64(level))
	l.peaks = l.peaks[max(0, len(l.peaks)-hold):]
	return report.Number(slices.Max(l.peaks))
}

// progress is what to show of one level's samples, which are the last that were leveled.
func (l *listener) progress(piece []float32) checks.Progress {
	at := float64(l.leveled) / float64(max(1, l.rate))
	p := checks.Progress{Stage: stageSound, Fraction: at / l.length.Seconds()}
	if l.asked {
		if p.Stage = stageQuiet; at >= quietTime.Seconds() {
			p.Stage = stageSpeak
		}
	}
	if level, ok := report.Num(analysis.RMS(piece)); ok {
		p.Live = []report.Metric{
			{Key: "audio.microphone.level.dbfs", Value: level, Unit: "dBFS", Origin: report.Client, Samples: len(piece)},
			{Key: "audio.microphone.peak.dbfs", Value: l.peak(level), Unit: "dBFS", Origin: report.Client},
		}
	}
	return p
}
