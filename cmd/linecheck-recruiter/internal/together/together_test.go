package together_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/together"
)

// Everything is done once, never more at a time than the bound, together where it comes together, and whoever has gone away ends nothing.
func TestQueue(t *testing.T) {
	var rounds, working atomic.Int64
	done := map[int]int{}
	q := together.New(16, time.Minute, func(ctx context.Context, things []int) {
		if working.Add(1) != 1 || len(things) > 16 || ctx.Err() != nil {
			t.Errorf("%d at work, %d things, %v", working.Load(), len(things), ctx.Err())
		}
		rounds.Add(1)
		for _, v := range things {
			done[v]++
		}
		time.Sleep(time.Millisecond)
		working.Add(-1)
	})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var wait sync.WaitGroup
	for i := range 320 {
		wait.Go(func() { q.Put(gone, i) })
	}
	wait.Wait()
	for i := range 320 {
		if done[i] != 1 {
			t.Errorf("%d was done %d times", i, done[i])
		}
	}
	if n := rounds.Load(); n < 20 || n > 200 {
		t.Errorf("%d rounds", n)
	}
}
