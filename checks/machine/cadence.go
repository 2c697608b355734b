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
	// asleep is a lateness that no load explains: the computer was suspended.
	asleep = 2 * time.Second
)

// errAsleep: the computer slept in the middle of the measurement.
var errAsleep = errors.New("the computer was suspended meanwhile")

// cadence keeps that many cores busy and returns how late, in milliseconds, a
// thread was that wanted to run every 20 ms.
func cadence(ctx context.Context, workers int, length time.Duration) (late []float64, err error) {
	load, err := crew(workers)
	if err != nil {
		return nil, err
	}
	// The thread gets a scheduling slot of its own beside the workers', so that
	// the system's punctuality is measured and not that of Go's scheduler.
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(max(before, workers) + 1)
	defer runtime.GOMAXPROCS(before)

	working, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		load.run(working)
	}()
	late, err = beats(ctx, int(length/beat))
	stop()
	<-ended
	return late, err
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
