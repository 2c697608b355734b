package hook

import (
	"context"
	"sync"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// mostTogether bounds how many events are kept by one transaction.
const mostTogether = 64

// desk has events that come at once kept at once: what a transaction costs on disk is
// shared by all who wait for it.
type desk struct {
	turn chan struct{} // holds one token: who keeps

	mu      sync.Mutex
	waiting []*note
}

// note is one event that waits, and what came of it.
type note struct {
	event store.Event
	done  chan struct{}
	err   error
}

// put has an event kept, by the caller or by another who has the turn.
func (d *desk) put(ctx context.Context, e store.Event, keep func(context.Context, []store.Event) error) error {
	n := &note{event: e, done: make(chan struct{})}
	d.mu.Lock()
	d.waiting = append(d.waiting, n)
	d.mu.Unlock()
	for {
		select {
		case <-n.done:
			return n.err
		case d.turn <- struct{}{}:
			d.next(ctx, keep)
			<-d.turn
		}
	}
}

// next keeps what waits. Others wait for it too, so that the end of ctx ends nothing here.
func (d *desk) next(ctx context.Context, keep func(context.Context, []store.Event) error) {
	d.mu.Lock()
	n := min(len(d.waiting), mostTogether)
	batch := d.waiting[:n:n]
	d.waiting = d.waiting[n:]
	d.mu.Unlock()
	if n == 0 {
		return
	}
	events := make([]store.Event, n)
	for i, x := range batch {
		events[i] = x.event
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := keep(ctx, events)
	for _, x := range batch {
		x.err = err
		close(x.done)
	}
}
