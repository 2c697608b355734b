package device

import (
	"context"
	"time"

	"linecheck/checks/audio/device/protocol"
)

// answer is how a helper took its command.
type answer struct {
	process *process
	event   protocol.Event
	err     error
}

// ask starts a helper, gives it a command, and waits for the event with that
// topic. One that has not answered after rivalAfter gets a rival, because a sound
// system can leave a single client waiting for ever; the first to answer is
// kept, and the other is ended. The first one's patience is the whole patience. One
// that waits for a person gets no rival, which would have them asked twice.
func (h Helper) ask(ctx context.Context, c protocol.Command, topic protocol.Topic) (*process, protocol.Event, error) {
	ctx, cancel := context.WithCancel(ctx)
	answers := make(chan answer)
	running := 1
	defer func() {
		cancel()
		for ; running > 0; running-- { // they end with ctx
			if late := <-answers; late.err == nil {
				late.process.end(false)
			}
		}
	}()
	rival := time.NewTimer(rivalAfter)
	defer rival.Stop()
	attempt := func() {
		p, ev, err := h.try(ctx, c, topic, func() { rival.Stop() })
		answers <- answer{p, ev, err}
	}
	go attempt()
	var failed error
	for {
		select {
		case a := <-answers:
			running--
			if failed == nil {
				failed = a.err
			}
			if a.err == nil || running == 0 || Is(a.err, Stalled) {
				return a.process, a.event, a.outcome(failed)
			}
		case <-rival.C:
			running++
			go attempt()
		}
	}
}

// outcome is the error of an asking that ends with this answer: that of the one who failed first.
func (a answer) outcome(first error) error {
	if a.err == nil {
		return nil
	}
	return first
}

// try starts one helper and waits for its answer; without an answer the helper is ended.
func (h Helper) try(ctx context.Context, c protocol.Command, topic protocol.Topic, asking func()) (*process, protocol.Event, error) {
	p, err := h.launch()
	if err != nil {
		return nil, protocol.Event{}, err
	}
	p.asking = asking
	go p.say(c, nil)
	err = p.started(ctx)
	var ev protocol.Event
	if err == nil {
		ev, err = p.event(ctx, topic)
	}
	if err != nil {
		p.end(false)
		return nil, ev, err
	}
	return p, ev, nil
}
