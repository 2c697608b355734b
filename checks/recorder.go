package checks

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
)

// Recorder takes what one check sees while it runs. All methods may be called
// from any goroutine. After the check has ended or was given up, calls do nothing.
type Recorder struct {
	mu           sync.Mutex
	closed       bool
	metrics      []report.Metric
	facts        map[string]string
	observations []envelope.Envelope
	voice        []byte
	private      map[string][]string
	series       []report.Series
	progress     func(Progress)
}

// Progress is how far a check is.
type Progress struct {
	// Fraction is 0 to 1 and never falls; 0 where the check does not know.
	Fraction float64
	// Stage names what it is doing, as "download".
	Stage string
	// Live are values of the moment, for pictures; they are not evidence.
	Live []report.Metric
}

func newRecorder(progress func(Progress)) *Recorder {
	return &Recorder{facts: map[string]string{}, progress: progress}
}

// Metric records a number that this program measured; samples is how many
// measurements it rests on, 0 where that has no meaning. A value that is not a
// number is not recorded: unknown is absent. The same key again replaces the value.
func (r *Recorder) Metric(key string, value float64, unit string, samples int) {
	r.add(key, value, unit, samples, report.Client)
}

// Series records values over time, for charts: values[i] was seen at at[i], from
// the beginning of what is shown. A value that is not a number is left out, as are
// points beyond [report.MaxPoints].
func (r *Recorder) Series(key, unit string, at []time.Duration, values []float64) {
	s, ok := report.NewSeries(key, unit, report.Client, at, values)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && ok {
		r.series = append(r.series, s)
	}
}

// Observed records the numbers and series of a far end's observation as evidence
// with the origin "server", and keeps the sealed observation itself.
func (r *Recorder) Observed(sealed envelope.Envelope, metrics []report.Metric, series []report.Series) {
	for _, m := range metrics {
		r.add(m.Key, float64(m.Value), m.Unit, m.Samples, report.Server)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.observations = append(r.observations, sealed)
		r.series = append(r.series, series...)
	}
}

func (r *Recorder) add(key string, value float64, unit string, samples int, origin report.Origin) {
	n, ok := report.Num(value)
	if !ok {
		return
	}
	m := report.Metric{Key: key, Value: n, Unit: unit, Origin: origin, Samples: samples}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if i := slices.IndexFunc(r.metrics, func(o report.Metric) bool { return o.Key == key }); i >= 0 {
		r.metrics[i] = m
		return
	}
	r.metrics = append(r.metrics, m)
}

// Voice records a FLAC file of the person's voice, which they agreed to be sent.
func (r *Recorder) Voice(flac []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.voice = flac
	}
}

// Private records lines that help the person at this computer and go into no
// report, as the names of programs. No lines are not recorded.
func (r *Recorder) Private(key string, lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(lines) == 0 {
		return
	}
	if r.private == nil {
		r.private = map[string][]string{}
	}
	r.private[key] = slices.Clone(lines)
}

// Fact records a named observation that is not a number. An empty value is not recorded.
func (r *Recorder) Fact(key, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && value != "" {
		r.facts[key] = value
	}
}

// Progress tells how far the check is. It never blocks for long and may be
// called often: events are thinned out on their way. A fraction outside 0 to 1 is brought inside.
func (r *Recorder) Progress(p Progress) {
	if p.Fraction = min(1, max(0, p.Fraction)); math.IsNaN(p.Fraction) {
		p.Fraction = 0
	}
	r.mu.Lock()
	closed := r.closed
	r.mu.Unlock()
	if !closed && r.progress != nil {
		r.progress(p)
	}
}

// close ends recording and returns what was recorded.
func (r *Recorder) close() Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return Result{
		Evidence:     report.Evidence{Metrics: slices.Clone(r.metrics), Facts: maps.Clone(r.facts), Series: slices.Clone(r.series)},
		Observations: slices.Clone(r.observations), Voice: r.voice, Private: maps.Clone(r.private),
	}
}
