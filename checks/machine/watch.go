package machine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

const (
	// glance is how often the load is looked at for the picture of the moment.
	glance = 250 * time.Millisecond
	// shownCores is for how many cores the load is told one by one.
	shownCores = 64
	// shownPrograms is how many of the busiest programs are named.
	shownPrograms = 8
	// slack is by how much the counters of one core may contradict each other: Linux
	// counts idle time apart, and now and then takes a little of it back.
	slack = 0.1
	// busyShare is from which share of one core on a program counts as busy.
	busyShare = 0.1
)

// work is what one core has done so far, in seconds.
type work struct {
	core        string
	busy, total float64
}

// watch records how busy the processors were with the work of others: all
// together, each core, and the programs that took most.
func (c *CPU) watch(ctx context.Context, q *questions, rec *checks.Recorder, whole time.Duration) {
	processes, ok := ask(q, "processes", c.system.processes, processes.some)
	begin := time.Now()
	first, ok2 := ask(q, "load", c.system.busy, func(w []work) bool { return len(w) > 0 })
	length := c.lasting(watchTime)
	last := first
	for tick := time.NewTicker(glance); ok2; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		now, err := inTime(q.ctx, c.system.busy)
		since := time.Since(begin)
		if err == nil {
			live := loads(last, now)
			rec.Progress(checks.Progress{Stage: "load", Fraction: min(since, watchTime).Seconds() / whole.Seconds(), Live: live})
			last = now
		}
		if since >= length {
			tick.Stop()
			c.loaded(q, rec, first, last, int(since/glance))
			break
		}
	}
	if ok {
		c.busy(q, rec, processes, len(first))
	}
}

// loaded records the load between two moments.
func (c *CPU) loaded(q *questions, rec *checks.Recorder, first, last []work, samples int) {
	all := loads(first, last)
	if len(all) == 0 {
		q.miss("load")
		return
	}
	for _, m := range all {
		rec.Metric(m.Key, float64(m.Value), m.Unit, samples)
	}
}

// loads are the share of time in which all cores together, and then each of
// them, were busy between two moments. A core whose counters make no sense is
// left out of the sum; all of them, where none makes sense.
func loads(before, after []work) (list []report.Metric) {
	var busy, total float64
	put := func(key string, ratio float64) {
		if n, ok := report.Num(ratio); ok {
			list = append(list, report.Metric{Key: key, Value: n, Unit: "ratio", Origin: report.Client})
		}
	}
	for i, now := range after {
		at := slices.IndexFunc(before, func(w work) bool { return w.core == now.core })
		if at < 0 {
			continue
		}
		b, t := now.busy-before[at].busy, now.total-before[at].total
		if !(t > 0) || !within(b/t, -slack, 1+slack) {
			continue
		}
		b = min(t, max(0, b))
		busy, total = busy+b, total+t
		if i < shownCores {
			put(fmt.Sprintf("machine.cpu.load.core.%d.ratio", i+1), b/t)
		}
	}
	if total > 0 {
		put("machine.cpu.load.ratio", busy/total)
		last := len(list) - 1
		list = append(list[last:], list[:last]...) // the sum first: one value is shown where there is room for one
	}
	return list
}

// busy records how many programs took more than a tenth of a core, and what
// they took together of all cores. Their names stay on this computer.
func (c *CPU) busy(q *questions, rec *checks.Recorder, before processes, cores int) {
	after, ok := ask(q, "processes", c.system.processes, processes.some)
	if !ok || cores == 0 {
		return
	}
	list := heavy(before, after)
	sum := 0.0
	var names []string
	for _, p := range list {
		sum += p.share / float64(cores)
		if len(names) == shownPrograms {
			continue
		}
		name, err := inTime(q.ctx, func(ctx context.Context) (string, error) { return c.system.name(ctx, p.pid) })
		if err != nil || !says(name) {
			name = fmt.Sprint(p.pid)
		}
		names = append(names, fmt.Sprintf("%s (%.0f %%)", clean(name), 100*p.share))
	}
	rec.Metric("machine.cpu.programs.busy", float64(len(list)), "count", 0)
	rec.Metric("machine.cpu.programs.busy.ratio", min(1, sum), "ratio", 0)
	rec.Private("programs", names)
}
