package hook

import (
	"context"
	"time"
)

// fresh is for how long it is remembered whether there is a webhook: one that another server added is told
// of reports from then on.
const fresh = 2 * time.Second

// Any says whether there is a webhook to tell. It is asked for each report that comes, so what the
// database said is remembered for a moment.
func (s *Sender) Any(ctx context.Context) (bool, error) {
	if at := s.anyAt.Load(); at != nil && time.Since(at.at) < fresh {
		return at.any, nil
	}
	any, err := s.store.AnyHook(ctx)
	if err == nil {
		s.anyAt.Store(&anyHook{any, time.Now()})
	}
	return any, err
}

// anyHook is what the database said, and when.
type anyHook struct {
	any bool
	at  time.Time
}
