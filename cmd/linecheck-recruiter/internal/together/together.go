// Package together has things that come at once done at once: what a transaction costs on disk is
// then shared by all who wait for it. What is done, and what comes of it, is the caller's.
package together

import (
	"context"
	"sync"
	"time"
)

// Queue is what waits to be done. Make it with [New].
type Queue[T any] struct {
	most     int
	patience time.Duration
	do       func(context.Context, []T)
	turn     chan struct{} // holds one token: who does

	mu      sync.Mutex
	waiting []waiter[T]
}

// waiter is one thing that waits.
type waiter[T any] struct {
	thing T
	done  chan struct{}
}

// New is a queue whose things do does, so many at once at most and for so long.
func New[T any](most int, patience time.Duration, do func(ctx context.Context, things []T)) *Queue[T] {
	return &Queue[T]{most: most, patience: patience, do: do, turn: make(chan struct{}, 1)}
}

// Put has a thing done, by the caller or by another who has the turn, and returns once it is. Whoever
// waits for another's turn must not lose by that one's going away, so that the end of ctx ends nothing here.
func (q *Queue[T]) Put(ctx context.Context, thing T) {
	w := waiter[T]{thing, make(chan struct{})}
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	for {
		select {
		case <-w.done:
			return
		case q.turn <- struct{}{}:
			q.next(ctx)
			<-q.turn
		}
	}
}

// next does what waits, up to the bound.
func (q *Queue[T]) next(ctx context.Context) {
	q.mu.Lock()
	n := min(len(q.waiting), q.most)
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	q.mu.Unlock()
	if n == 0 {
		return
	}
	things := make([]T, n)
	for i, w := range batch {
		things[i] = w.thing
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.patience)
	defer cancel()
	q.do(ctx, things)
	for _, w := range batch {
		close(w.done)
	}
}
