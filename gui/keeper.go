package gui

import (
	"sync"

	"linecheck/gui/model"
)

// keeper writes down where the person is, without holding up the window: only the
// newest place counts.
type keeper struct {
	keep func(model.Place)

	last model.Place // of the window's goroutine

	mu   sync.Mutex
	next *model.Place
	busy sync.WaitGroup
	runs bool
}

// forget makes the next place count even if it is the same: the session is another.
func (k *keeper) forget() { k.last = model.Place{} }

// set keeps a place, unless there is none or it is kept already.
func (k *keeper) set(p model.Place) {
	if p == k.last || p.Screen == "" {
		return
	}
	k.last = p
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = &p
	if !k.runs {
		k.runs = true
		k.busy.Go(k.write)
	}
}

func (k *keeper) write() {
	for {
		k.mu.Lock()
		p := k.next
		if k.next = nil; p == nil {
			k.runs = false
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		k.keep(*p)
	}
}

// wait returns once everything is kept.
func (k *keeper) wait() { k.busy.Wait() }
