package hook

import "context"

// Any says whether there is a webhook to tell.
func (s *Sender) Any(ctx context.Context) (bool, error) { return s.store.AnyHook(ctx) }
