package machine

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"linecheck/checks/internal/stats"
)

// The scale of the scores: the reference has refPoints. It is named in
// METHODS.md; a change of the work, of the scale or of Go's own way to do the
// work is a new scale.
const (
	scale     = "1"
	refPoints = 1000.0
)

// referenceRound is how long the reference takes for each kind's share of a
// round, and for all of it, in seconds.
func referenceRound() (shares [parts]float64, all float64) {
	shares = [parts]float64{integer: 1.26e-3, float: 1.28e-3, memory: 0.56e-3, call: 1.30e-3, adding: 0.05e-3}
	for _, s := range shares {
		all += s
	}
	return shares, all
}

// window is the piece of time that speed is told for: more than two periods of
// a processor quota, as Linux sets them by default, so that each window holds
// about as much of a quota's pauses as the next.
const window = 250 * time.Millisecond

// errWork: what was computed came out wrong.
var errWork = errors.New("the work of the benchmark came out wrong")

// timeline is when one worker did what.
type timeline struct {
	// ends is when each round ended, from the beginning of all.
	ends []time.Duration
	// took is how long each round's share of a kind took.
	took [parts][]time.Duration
	// right says that everything came out as it must.
	right bool
}

// work goes round until ctx ends.
func (w *worker) work(ctx context.Context, begin time.Time) (t timeline) {
	runtime.LockOSThread() // the system shares the processor out, not Go
	defer runtime.UnlockOSThread()
	at := time.Since(begin)
	for ctx.Err() == nil {
		for kind := range parts {
			w.do(kind)
			now := time.Since(begin)
			t.took[kind] = append(t.took[kind], now-at)
			at = now
		}
		t.ends = append(t.ends, at)
	}
	t.right = w.right
	return t
}

// gang is workers that work at the same time.
type gang []*worker

// crew makes n workers that share the areas. A new crew for each turn has its
// memory elsewhere: how fast a program is depends a little on where that lies.
func crew(n int, m areas) (gang, error) {
	var all gang
	for i := range n {
		w, err := newWorker(i, m)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// run works for that long, or until ctx ends, and returns when each worker did what.
func (g gang) run(ctx context.Context, length time.Duration) ([]timeline, error) {
	timed, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	lines := make([]timeline, len(g))
	begin := time.Now()
	var done sync.WaitGroup
	for i, w := range g {
		done.Go(func() { lines[i] = w.work(timed, begin) })
	}
	done.Wait()
	for _, l := range lines {
		if !l.right && ctx.Err() == nil {
			return lines, errWork
		}
	}
	return lines, ctx.Err()
}

// tally is the work of some workers over several stretches of time.
type tally struct {
	// windows are the points of each window, in order.
	windows []float64
	// took is how long each round's share of a kind took, in seconds.
	took [parts][]float64
	// rounds is how many rounds were done.
	rounds int
}

// add counts one stretch. What counts is time on the clock: a computer that lets
// this program run half of the time is half as fast.
func (t *tally) add(lines []timeline) {
	var whole time.Duration // until the first of them ended
	for _, l := range lines {
		if len(l.ends) == 0 {
			continue // it never had a turn: no work, in all this time
		}
		if end := l.ends[len(l.ends)-1]; whole == 0 || end < whole {
			whole = end
		}
		t.rounds += len(l.ends)
		for kind := range parts {
			for _, d := range l.took[kind] {
				t.took[kind] = append(t.took[kind], d.Seconds())
			}
		}
	}
	if whole == 0 {
		return
	}
	_, round := referenceRound()
	n := max(1, int((whole+window/2)/window))
	for i := range n {
		from, to := whole*time.Duration(i)/time.Duration(n), whole*time.Duration(i+1)/time.Duration(n)
		done := 0.0
		for _, l := range lines {
			done += l.within(from, to)
		}
		if to > from {
			t.windows = append(t.windows, refPoints*done*round/(to-from).Seconds())
		}
	}
}

// within is how many rounds fall between two moments; a round that is cut by one counts in part.
func (t timeline) within(from, to time.Duration) (rounds float64) {
	var began time.Duration
	i, _ := slices.BinarySearch(t.ends, from)
	if i > 0 {
		began = t.ends[i-1]
	}
	for ; i < len(t.ends) && began < to; i++ {
		ended := t.ends[i]
		part := min(ended, to) - max(began, from)
		if part > 0 {
			rounds += part.Seconds() / (ended - began).Seconds()
		}
		began = ended
	}
	return rounds
}

// points are what all workers together are worth: the mean of the middle half
// of the windows, which leaves out what only disturbs now and then. 0 without work.
func (t *tally) points() float64 { return stats.MidMean(t.windows) }

// kinds tells the kinds of work apart: the points of the whole, times how much
// better or worse than the reference a kind does beside the others. A kind's
// usual time is its median, which pauses of the whole program leave alone.
func (t *tally) kinds() (by [kinds]float64) {
	ref, refRound := referenceRound()
	var usual [parts]float64
	sum := 0.0
	for kind := range parts {
		usual[kind] = stats.Median(t.took[kind])
		sum += usual[kind]
	}
	points := t.points()
	for kind, took := range usual[:kinds] {
		if took > 0 {
			by[kind] = points * (ref[kind] / took) * (sum / refRound)
		}
	}
	return by
}

// clock is the processor's clock as it was measured, in hertz: the median over
// the rounds of one addition a tick. 0 without work.
func (t *tally) clock() float64 {
	if took := stats.Median(t.took[adding]); took > 0 {
		return additions / took
	}
	return 0
}

// sustained is how fast the last quarter of the windows was against the first;
// ok is false where there are too few.
func (t *tally) sustained() (ratio float64, windows int, ok bool) {
	quarter := len(t.windows) / 4
	if quarter == 0 {
		return 0, 0, false
	}
	first, last := stats.Median(t.windows[:quarter]), stats.Median(t.windows[len(t.windows)-quarter:])
	return last / first, 2 * quarter, first > 0
}
