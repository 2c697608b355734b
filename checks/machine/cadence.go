package machine

import (
	"context"
	"errors"
	"runtime"
	"time"
)

const (
	// beat is how often a voice call hands over sound: one packet each 20 ms.
	beat = 20 * time.Millisecond
	// missed is how late a beat may be: half a packet. Later, and a sound device
	// with the usual two packets of reserve is about to run dry.
	missed = 10 * time.Millisecond
	// asleep is a lateness that no load explains: the computer was suspended, or
	// this program was stopped.
	asleep = 2 * time.Second
	// awake is by how much the clocks that count sleep and those that don't may
	// disagree where there was none.
	awake = 100 * time.Millisecond
)

// errAsleep: the computer slept in the middle of the measurement.
var errAsleep = errors.New("the computer was suspended meanwhile")

// keepTime keeps the gang at work and returns what it did, and how late, in
// milliseconds, a thread was meanwhile that wanted to run every 20 ms.
func keepTime(ctx context.Context, g gang, length time.Duration) (lines []timeline, late []float64, err error) {
	// The thread gets a scheduling slot of its own beside the workers', so that
	// the system's punctuality is measured and not that of Go's scheduler.
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(max(before, len(g)) + 1)
	defer runtime.GOMAXPROCS(before)

	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		var err error
		lines, err = g.run(working, length)
		ended <- err
	}()
	late, err = beats(ctx, int(length/beat))
	if err != nil {
		stop()
		<-ended
		return nil, nil, err
	}
	err = <-ended
	return lines, late, err
}

// beats waits for n moments 20 ms apart and returns how late it was for each,
// also for those that it slept through.
func beats(ctx context.Context, n int) ([]float64, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	late := make([]float64, 0, n)
	begin := time.Now()
	for i := 1; i <= n; i++ {
		due := begin.Add(time.Duration(i) * beat)
		waitUntil(due)
		if err := ctx.Err(); err != nil {
			return late, err
		}
		behind := max(0, time.Since(due))
		if behind > asleep {
			return late, errAsleep
		}
		late = append(late, float64(behind)/float64(time.Millisecond))
	}
	return late, nil
}

// missedRatio is the share of beats that came too late.
func missedRatio(late []float64) float64 {
	n := 0
	for _, ms := range late {
		if ms > float64(missed)/float64(time.Millisecond) {
			n++
		}
	}
	return float64(n) / float64(len(late))
}
