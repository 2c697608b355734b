package checks

import (
	"context"
	"errors"
	"sync"
)

// AccommodatedReason is the reason of a check that the person left out because
// they need another way for it.
const AccommodatedReason = "check.accommodated"

// Why one check of a run was ended before its time.
var (
	errHalted       = errors.New("the person ended this check")
	errAccommodated = errors.New("the person needs another way than this check")
)

// Halt ends one check of a run, or leaves it out where it has not begun; the
// others go on. With accommodation it is skipped at the person's request, which is
// never a failure; without, it is canceled and may be run again. It may be called
// from any goroutine, and does nothing for a check that is over.
func (r *Runner) Halt(id string, accommodation bool) {
	why := errHalted
	if accommodation {
		why = errAccommodated
	}
	r.halts.set(id, why)
}

// halts are the wishes to end single checks of a run.
type halts struct {
	mu     sync.Mutex
	wanted map[string]error
	ends   map[string]context.CancelCauseFunc
}

// watch is a context that ends when the check is to be ended; call done after it.
func (h *halts) watch(ctx context.Context, id string) (_ context.Context, done func()) {
	ctx, end := context.WithCancelCause(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if why, ok := h.wanted[id]; ok {
		end(why)
	}
	if h.ends == nil {
		h.ends = map[string]context.CancelCauseFunc{}
	}
	h.ends[id] = end
	return ctx, func() { end(nil) }
}

func (h *halts) set(id string, why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wanted == nil {
		h.wanted = map[string]error{}
	}
	h.wanted[id] = why
	if end := h.ends[id]; end != nil {
		end(why)
	}
}
