package machine

import (
	"context"
	"errors"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
	"linecheck/report"
)

// CPUCheck is the id of the check that [NewCPU] makes.
const CPUCheck = "machine.cpu"

const (
	cpuRevision = 3
	// watchTime is how long the load is watched before anything of ours runs.
	watchTime = 3 * time.Second
	// turns is how often one core alone and all together take turns: a clock that
	// wanders, and a core that is slower than the next, then weigh on both alike.
	turns = 8
	// singleTime is how long one core is measured, in all turns together.
	singleTime = 2 * time.Second
	// allTime and allTimeThorough are how long all cores are measured while the beat is kept.
	allTime         = 4 * time.Second
	allTimeThorough = 58 * time.Second
	// maxCores and maxPoints are more than any computer has.
	maxCores  = 4096
	maxPoints = 1e7
	// lowestHz and highestHz are beyond what processors run at.
	lowestHz, highestHz = 50e6, 20e9
)

// CPU is the check machine.cpu. Make it with [NewCPU].
type CPU struct {
	system system
	all    time.Duration
	// part shortens the measurements in tests; 1 otherwise.
	part float64
}

// NewCPU makes the check of the processor. thorough loads all cores for a
// minute instead of some seconds, and tells whether they slow down.
func NewCPU(thorough bool) *CPU {
	c := &CPU{system: thisSystem(), all: allTime, part: 1}
	if thorough {
		c.all = allTimeThorough
	}
	return c
}

// Spec says what the check needs.
func (c *CPU) Spec() checks.Spec {
	typical := watchTime + singleTime + c.all + 300*time.Millisecond
	return checks.Spec{
		ID:       CPUCheck,
		Revision: cpuRevision,
		Needs:    []checks.Resource{checks.CPU},
		Typical:  typical,
		Timeout:  2*typical + 5*time.Second,
		Fans:     true,
		Fresh:    time.Hour,
	}
}

// Run watches the load, asks what processor it is, and measures how fast and
// how punctual it is.
func (c *CPU) Run(ctx context.Context, rec *checks.Recorder) error {
	q := newQuestions(ctx)
	defer q.tell(rec)
	slept := c.system.slept()
	whole := c.Spec().Typical
	stage := func(name string, after time.Duration) {
		rec.Progress(checks.Progress{Stage: name, Fraction: after.Seconds() / whole.Seconds()})
	}
	stage("load", 0)
	c.watch(ctx, q, rec, whole)
	stage("facts", watchTime)
	workers, fastest := c.describe(q, rec)
	m := measured{}
	err := c.measure(ctx, workers, &m, func(turn int) {
		stage("cadence", watchTime+time.Duration(turn)*(singleTime+c.all)/turns)
	})
	if err == nil && c.system.slept()-slept > awake {
		err = errAsleep
	}
	if errors.Is(err, errAsleep) {
		return checks.Unavailable("machine.cpu.interrupted", report.FaultYou, err)
	}
	if err != nil {
		return err
	}
	m.tell(rec, c.all >= allTimeThorough)
	if hz := max(fastest, m.one.clock()); within(hz, lowestHz, highestHz) {
		rec.Metric("machine.cpu.frequency.hz", megahertz(hz), "Hz", 0)
	}
	return nil
}

func (c *CPU) lasting(d time.Duration) time.Duration { return time.Duration(c.part * float64(d)) }

// describe records cores and names. It returns how many workers fill the
// processor, and the fastest clock that the system tells of; 0 where none.
func (c *CPU) describe(q *questions, rec *checks.Recorder) (workers int, fastest float64) {
	workers = runtime.NumCPU()
	usable := float64(workers) // what the system lets this program use
	if quota, ok := cpuQuota(c.system.root); ok {
		usable = min(usable, quota)
		workers = min(workers, max(1, int(math.Ceil(quota))))
		rec.Metric("machine.cpu.quota.cores", quota, "count", 0)
	}
	count := func(key string, logical bool) {
		n, ok := ask(q, "cores", func(ctx context.Context) (int, error) { return c.system.cores(ctx, logical) },
			func(n int) bool { return within(float64(n), 1, maxCores) })
		if ok {
			rec.Metric(key, max(1, math.Floor(min(float64(n), usable))), "count", 0)
		}
	}
	count("machine.cpu.cores.physical", false)
	count("machine.cpu.cores.logical", true)
	rec.Fact("arch", runtime.GOARCH)
	if model, ok := ask(q, "model", c.system.model, says); ok {
		rec.Fact("model", clean(model))
	}
	f, _ := ask(q, "frequency", c.system.frequency, frequency.possible)
	for key, hz := range map[string]float64{"max": f.max, "base": f.base, "now": f.now} {
		if within(hz, lowestHz, highestHz) {
			rec.Metric("machine.cpu.frequency."+key+".hz", hz, "Hz", 0)
			fastest = max(fastest, hz)
		}
	}
	return workers, fastest
}

// measured is what the turns brought.
type measured struct {
	one, all tally
	late     []float64 // of each beat, in milliseconds
	missed   []float64 // the share of beats that came too late, of each turn
}

// measure lets one core alone and all together take turns.
func (c *CPU) measure(ctx context.Context, workers int, m *measured, begun func(turn int)) error {
	shared := newAreas()
	defer debug.FreeOSMemory() // the areas are large, and what comes next needs none of them
	for turn := range turns {
		begun(turn)
		all, err := crew(workers, shared)
		if err != nil {
			return err
		}
		lines, err := all[:1].run(ctx, c.lasting(singleTime/turns))
		if err != nil {
			return err
		}
		m.one.add(lines)
		lines, late, err := keepTime(ctx, all, c.lasting(c.all/turns))
		if err != nil {
			return err
		}
		m.all.add(lines)
		m.late, m.missed = append(m.late, late...), append(m.missed, missedRatio(late))
	}
	return nil
}

// tell records what was measured; sustained asks whether it was kept up, too.
func (m *measured) tell(rec *checks.Recorder, sustained bool) {
	rec.Fact("scale", scale)
	points(rec, "machine.cpu.score.single", &m.one)
	points(rec, "machine.cpu.score.all", &m.all)
	if ratio, windows, ok := m.all.sustained(); ok && sustained {
		rec.Metric("machine.cpu.sustained.ratio", ratio, "ratio", windows)
	}
	punctual(rec, m.late, m.missed)
}

// points records a score and what it is made of.
func points(rec *checks.Recorder, key string, t *tally) {
	put := func(key string, points float64) {
		if points > 0 && points <= maxPoints {
			rec.Metric(key, math.Round(10*points)/10, "points", t.rounds)
		}
	}
	put(key, t.points())
	if hz := t.clock(); within(hz, lowestHz, highestHz) {
		rec.Metric(key+".clock.hz", megahertz(hz), "Hz", t.rounds)
		put(key+".per-ghz", t.points()/hz*1e9)
	}
	by := t.kinds()
	for kind, name := range kindNames() {
		put(key+"."+name, by[kind])
	}
}

// megahertz leaves out digits that mean nothing.
func megahertz(hz float64) float64 { return math.Round(hz/1e6) * 1e6 }

// punctual records how late the beats were. One stall makes several of them late, and says
// little of the rest: what is certain comes from how the turns differ.
func punctual(rec *checks.Recorder, late, missed []float64) {
	if len(late) == 0 {
		return
	}
	share := missedRatio(late)
	rec.Metric("machine.cpu.missed.ratio", share, "ratio", len(late))
	low, _ := stats.MeanInterval(share, missed)
	rec.Metric("machine.cpu.missed.ratio.low", low, "ratio", len(late))
	at := make([]time.Duration, len(late))
	for i := range at {
		at[i] = time.Duration(i+1) * beat
	}
	rec.Series("machine.cpu.late.ms", "ms", at, late)
	sorted := slices.Clone(late)
	slices.Sort(sorted)
	for key, p := range map[string]float64{"p50": 0.5, "p99": 0.99, "p999": 0.999, "worst": 1} {
		rec.Metric("machine.cpu.late."+key+".ms", stats.Quantile(sorted, p), "ms", len(late))
	}
}
