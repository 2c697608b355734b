package machine

import (
	"context"
	"runtime"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/exchange"
)

// SystemCheck is the id of the check that [NewSystem] makes.
const SystemCheck = "machine.system"

const systemRevision = 1

// maxPixels is more than any screen has in one direction.
const maxPixels = 100_000

// SystemConfig is what the check machine.system needs.
type SystemConfig struct {
	// Table is the table of operating systems and their support, see [ParseTable].
	Table []byte
	// Far opens the measuring session with the recruiter's probe, whose clock this
	// one is compared with; nil where there is none.
	Far func(ctx context.Context) (*exchange.Session, error)
}

// System is the check machine.system. Make it with [NewSystem].
type System struct {
	cfg    SystemConfig
	system system
	// clocks are this computer's clock, and one that nobody can set.
	clocks func() (wall time.Time, running time.Duration)
}

// NewSystem makes the check of the operating system and of what the computer is used through.
func NewSystem(cfg SystemConfig) *System {
	return &System{cfg: cfg, system: thisSystem(), clocks: ownClocks()}
}

// Spec says what the check needs.
func (s *System) Spec() checks.Spec {
	return checks.Spec{
		ID: SystemCheck, Revision: systemRevision, Needs: []checks.Resource{checks.CPU}, Typical: 300 * time.Millisecond, Timeout: 15 * time.Second,
		MaxBytes: 20_000, Fresh: 15 * time.Minute,
	}
}

// Run asks the system what it is, and the probe what time it is. What neither tells is absent.
func (s *System) Run(ctx context.Context, rec *checks.Recorder) error {
	q := newQuestions(ctx)
	defer q.tell(rec)
	rec.Fact("os", runtime.GOOS)
	rec.Fact("arch", runtime.GOARCH)
	if err := s.release(q, rec); err != nil {
		return err
	}
	if guest, ok := ask(q, "virtual", s.system.guest, says); ok {
		rec.Fact("virtual", clean(guest))
	}
	yes, no := report.YesNo(true), report.YesNo(false)
	yesNo := func(fact string, question func(context.Context) (bool, error), is, isNot string) {
		if answer, ok := ask(q, fact, question, func(bool) bool { return true }); ok {
			rec.Fact(fact, map[bool]string{true: is, false: isNot}[answer])
		}
	}
	yesNo("remote", s.system.remote, yes, no)
	yesNo("power", s.system.battery, "battery", "mains")
	yesNo("saver", s.system.saver, yes, no)
	size, ok := ask(q, "screen", both(s.system.screen), func(p pair[int]) bool {
		return within(float64(p.a), 1, maxPixels) && within(float64(p.b), 1, maxPixels)
	})
	if ok {
		rec.Metric("machine.screen.width.pixels", float64(size.a), "count", 0)
		rec.Metric("machine.screen.height.pixels", float64(size.b), "count", 0)
	}
	if s.cfg.Far != nil {
		s.clock(q, rec)
	}
	return ctx.Err()
}

// release records which system this is, and whether its maker still supports it.
func (s *System) release(q *questions, rec *checks.Recorder) error {
	table, err := ParseTable(s.cfg.Table)
	if err != nil {
		return err
	}
	r, ok := ask(q, "release", s.system.release, func(r release) bool { return says(r.id) })
	if !ok {
		return nil
	}
	rec.Fact("release", clean(r.id))
	rec.Fact("version", clean(r.version))
	found, ok := table.find(r)
	if !ok {
		return nil
	}
	rec.Fact("name", found.Name)
	today, _ := s.clocks()
	rec.Fact("supported", found.supported(table.Date, today))
	rec.Fact("supported.until", found.Ends)
	rec.Fact("supported.table", table.Date)
	return nil
}
