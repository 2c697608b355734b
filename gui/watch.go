package gui

import (
	"context"
	"time"

	"linecheck/gui/model"
)

// Sound lists and tries sound devices. Its methods may be called side by side, and
// end soon after ctx does.
type Sound interface {
	// Devices are those that there are now.
	Devices(ctx context.Context) model.Devices
	// Listen says what the named microphone hears, in dBFS, about twenty times a second,
	// until ctx ends or the microphone fails; an empty name is the system's choice.
	Listen(ctx context.Context, input string, level func(dbfs float64)) error
	// Play plays a short sound on the named device; an empty name is the system's choice.
	Play(ctx context.Context, output string) error
}

const (
	// glance is how often the surroundings are looked at while the person gets ready.
	glance = 2 * time.Second
	// relist is how often the sound devices are listed: it takes a process each time.
	relist = 4 * time.Second
	// relisten is how long a microphone that failed is left alone.
	relisten = 2 * time.Second
)

// watch is what looks and listens while the person gets ready.
type watch struct {
	on    bool
	input string
	end   context.CancelFunc
}

// lookAround begins to look and listen, or ends it, as the model wants.
func (w *App) lookAround() {
	input, on := w.model.Listens()
	if on == w.watch.on && input == w.watch.input {
		return
	}
	if w.watch.end != nil {
		w.watch.end()
	}
	w.watch = watch{on: on, input: input}
	if !on {
		return
	}
	ctx, end := context.WithCancel(w.ctx)
	w.watch.end = end
	if w.cfg.Sound != nil {
		w.jobs.Go(func() { w.listen(ctx, input) })
		w.jobs.Go(func() {
			every(ctx, relist, func() { w.bridge.post(model.Listed{Devices: w.cfg.Sound.Devices(ctx)}) })
		})
	}
	if w.cfg.Around != nil {
		w.jobs.Go(func() {
			every(ctx, glance, func() { w.bridge.post(model.Seen{Around: w.cfg.Around(ctx)}) })
		})
	}
}

// listen tells what a microphone hears, and that it hears nothing where it fails.
func (w *App) listen(ctx context.Context, input string) {
	every(ctx, relisten, func() {
		err := w.cfg.Sound.Listen(ctx, input, func(dbfs float64) { w.bridge.post(model.Heard{Level: dbfs}) })
		if err != nil && ctx.Err() == nil {
			w.bridge.post(model.Heard{Deaf: true})
		}
	})
}

// every does something now and then, step apart, until ctx ends.
func every(ctx context.Context, step time.Duration, do func()) {
	for ctx.Err() == nil {
		do()
		select {
		case <-ctx.Done():
		case <-time.After(step):
		}
	}
}
