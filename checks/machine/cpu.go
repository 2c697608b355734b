package machine

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/stats"
	"linecheck/report"
)

// CPUCheck is the id of the check that [NewCPU] makes.
const CPUCheck = "machine.cpu"

const (
	cpuRevision = 1
	// loadTime is how long the load is watched before anything of ours runs.
	loadTime = 1500 * time.Millisecond
	// benchTime is how long each of the two benchmarks runs.
	benchTime = time.Second
	// cadenceTime is how long the beat is kept.
	cadenceTime = 3 * time.Second
	// maxCores and maxPoints are more than any computer has.
	maxCores  = 4096
	maxPoints = 1e7
)

// CPU is the check machine.cpu. Make it with [NewCPU].
type CPU struct {
	system system
	// part shortens the measurements in tests; 1 otherwise.
	part float64
}

// NewCPU makes the check of the processor.
func NewCPU() *CPU { return &CPU{system: thisSystem(), part: 1} }

// Spec says what the check needs.
func (c *CPU) Spec() checks.Spec {
	return checks.Spec{
		ID:       CPUCheck,
		Revision: cpuRevision,
		Needs:    []checks.Resource{checks.CPU},
		Typical:  loadTime + 2*benchTime + cadenceTime + 500*time.Millisecond,
		Timeout:  20 * time.Second,
		Fresh:    time.Hour,
	}
}

// Run watches the load, asks what processor it is, and measures how fast and
// how punctual it is.
func (c *CPU) Run(ctx context.Context, rec *checks.Recorder) error {
	stage := func(name string, at float64) { rec.Progress(checks.Progress{Stage: name, Fraction: at}) }
	stage("load", 0)
	c.load(ctx, rec)
	stage("facts", 0.23)
	workers := c.describe(ctx, rec)
	stage("single", 0.25)
	if err := c.score(ctx, rec, "machine.cpu.score.single", 1); err != nil {
		return err
	}
	stage("all", 0.40)
	if err := c.score(ctx, rec, "machine.cpu.score.all", workers); err != nil {
		return err
	}
	stage("cadence", 0.55)
	return c.cadence(ctx, rec, workers)
}

func (c *CPU) lasting(d time.Duration) time.Duration { return time.Duration(c.part * float64(d)) }

// load records how busy the processors were with the work of others.
func (c *CPU) load(ctx context.Context, rec *checks.Recorder) {
	before, ok := ask(ctx, both(c.system.busy))
	t := time.NewTimer(c.lasting(loadTime))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return
	case <-t.C:
	}
	after, ok2 := ask(ctx, both(c.system.busy))
	total := after.b - before.b
	if ratio := (after.a - before.a) / total; ok && ok2 && total > 0 && within(ratio, 0, 1) {
		rec.Metric("machine.cpu.load.ratio", ratio, "ratio", 1)
	}
}

// describe records cores and names, and returns how many workers fill the processor.
func (c *CPU) describe(ctx context.Context, rec *checks.Recorder) (workers int) {
	workers = runtime.NumCPU()
	usable := float64(workers) // what the system lets this program use
	if quota, ok := cpuQuota(c.system.root); ok {
		usable = min(usable, quota)
		workers = min(workers, max(1, int(math.Ceil(quota))))
	}
	count := func(key string, logical bool) {
		n, ok := ask(ctx, func(ctx context.Context) (int, error) { return c.system.cores(ctx, logical) })
		if ok && within(float64(n), 1, maxCores) {
			rec.Metric(key, max(1, math.Floor(min(float64(n), usable))), "count", 0)
		}
	}
	count("machine.cpu.cores.physical", false)
	count("machine.cpu.cores.logical", true)
	rec.Fact("arch", runtime.GOARCH)
	rec.Fact("os", runtime.GOOS)
	if model, ok := ask(ctx, c.system.model); ok {
		rec.Fact("model", clean(model))
	}
	if p, ok := ask(ctx, both(c.system.platform)); ok {
		rec.Fact("os_version", clean(p.a+" "+p.b))
	}
	if guest, ok := ask(ctx, c.system.guest); ok {
		rec.Fact("virtual", clean(guest))
	}
	return workers
}

func (c *CPU) score(ctx context.Context, rec *checks.Recorder, key string, workers int) error {
	points, slices, err := bench(ctx, workers, c.lasting(benchTime))
	if err != nil {
		return err
	}
	if points > 0 && points <= maxPoints {
		rec.Metric(key, points, "points", slices)
	}
	return nil
}

func (c *CPU) cadence(ctx context.Context, rec *checks.Recorder, workers int) error {
	late, err := cadence(ctx, workers, c.lasting(cadenceTime))
	if errors.Is(err, errAsleep) {
		return checks.Unavailable("machine.cpu.interrupted", report.FaultYou, err)
	}
	if err != nil {
		return err
	}
	rec.Metric("machine.cpu.missed.ratio", missedRatio(late), "ratio", len(late))
	at := make([]time.Duration, len(late))
	for i := range at {
		at[i] = time.Duration(i+1) * beat
	}
	rec.Series("machine.cpu.late.ms", "ms", at, late)
	slices.Sort(late)
	rec.Metric("machine.cpu.late.p99.ms", stats.Quantile(late, 0.99), "ms", len(late))
	return nil
}
