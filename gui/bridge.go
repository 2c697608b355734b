package gui

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"linecheck/checks"
	"linecheck/gui/model"
)

const (
	// step is how often the window moves at most: 20 times a second, as a sound level does.
	step = 50 * time.Millisecond
	// numberStep is how often other progress moves it: nobody reads numbers faster, and
	// each costs a picture of its text.
	numberStep = 200 * time.Millisecond
	// quietStep is how often progress moves it while a check runs that a busy
	// processor would disturb. Without a graphics card every change paints the whole window.
	quietStep = 2 * time.Second
)

// bridge carries what other goroutines say to the window's own goroutine, and
// is the only way there. Of a running check only the newest progress counts, and
// no more than one batch is ever on its way: however much is said and however
// busy the window is, nothing piles up.
type bridge struct {
	do    func(func())
	apply func([]model.Msg)

	mu     sync.Mutex
	queue  []model.Msg            // each of them counts
	moment map[string]model.Msg   // of these only the newest of a kind counts
	latest map[string]model.Event // the newest progress of each check
	stage  map[string]string      // what each check was doing last
	timer  *time.Timer
	due    time.Time
	away   bool // a batch is on its way
	quiet  bool
	closed bool
}

// newBridge carries messages to apply. do runs a function on the window's
// goroutine later; nil means Fyne's own way.
func newBridge(do func(func()), apply func([]model.Msg)) *bridge {
	if do == nil {
		do = fyne.Do
	}
	return &bridge{do: do, apply: apply, moment: map[string]model.Msg{}, latest: map[string]model.Event{}, stage: map[string]string{}}
}

// post may be called from any goroutine and never waits for the window.
func (b *bridge) post(msg model.Msg) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	wait := step
	e, isEvent := msg.(model.Event)
	switch {
	case isEvent && e.Type == checks.EventProgress:
		if b.stage[e.Check] == e.Progress.Stage { // a new stage comes at once
			switch {
			case b.quiet:
				wait = quietStep
			case !model.IsLevel(e.Progress):
				wait = numberStep
			}
		}
		b.latest[e.Check], b.stage[e.Check] = e, e.Progress.Stage
	case ofTheMoment(msg) != "":
		b.moment[ofTheMoment(msg)] = msg
	case isEvent && e.Type == checks.EventFinished:
		delete(b.latest, e.Check)
		fallthrough
	default:
		b.queue = append(b.queue, msg)
	}
	b.arm(wait)
}

// ofTheMoment is the kind of a message that a newer one of its kind replaces; empty for others.
func ofTheMoment(msg model.Msg) string {
	switch msg.(type) {
	case model.Heard:
		return "heard"
	case model.Seen:
		return "seen"
	case model.Listed:
		return "listed"
	default:
		return ""
	}
}

func (b *bridge) empty() bool { return len(b.queue)+len(b.latest)+len(b.moment) == 0 }

// arm sets out the next batch, unless one is on its way or set out sooner.
func (b *bridge) arm(wait time.Duration) {
	if b.away {
		return
	}
	due := time.Now().Add(wait)
	if b.timer != nil && !due.Before(b.due) {
		return
	}
	if b.timer != nil {
		b.timer.Stop()
	}
	b.due = due
	b.timer = time.AfterFunc(wait, b.send)
}

// send puts a batch on its way.
func (b *bridge) send() {
	b.mu.Lock()
	if b.timer = nil; b.away || b.closed || b.empty() {
		b.mu.Unlock()
		return
	}
	b.away = true
	b.mu.Unlock()
	b.do(b.arrive)
}

// arrive hands over all that was said by now, on the window's goroutine.
func (b *bridge) arrive() {
	b.mu.Lock()
	batch := b.queue
	b.queue = nil
	for _, e := range b.latest {
		batch = append(batch, e)
	}
	for _, m := range b.moment {
		batch = append(batch, m)
	}
	clear(b.latest)
	clear(b.moment)
	closed := b.closed
	b.mu.Unlock()
	if !closed {
		b.apply(batch)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = false
	if !b.empty() {
		b.arm(step)
	}
}

// setQuiet slows progress down, or up again.
func (b *bridge) setQuiet(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.quiet = on
}

// close drops whatever is said from now on.
func (b *bridge) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.timer != nil {
		b.timer.Stop()
	}
}
