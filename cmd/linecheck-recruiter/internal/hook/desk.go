package hook

import (
	"context"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// mostTogether bounds how many events are kept by one transaction.
const mostTogether = 64

// note is one event that waits, and what came of it.
type note struct {
	event store.Event
	err   error
}

// keep keeps events that came together.
func (s *Sender) keep(ctx context.Context, notes []*note) {
	events := make([]store.Event, len(notes))
	for i, n := range notes {
		events[i] = n.event
	}
	err := s.announce(ctx, events)
	for _, n := range notes {
		n.err = err
	}
}
