package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"linecheck/checks/audio/device/protocol"
)

// Helper says how to start the helper process. Each operation is one process,
// which is gone when the operation returns. Several may run at once.
type Helper struct {
	// Command is the program and its arguments, as {"/opt/linecheck/linecheck", "audio-helper"}.
	Command []string
	// Env is the helper's whole environment; nil means this process's own.
	Env []string
	// Log takes the end of what the helper printed when it failed; nil for nowhere.
	Log io.Writer
}

// List returns every sound device. It returns an [Error], or ctx.Err() when ctx ended.
func (h Helper) List(ctx context.Context) ([]Device, error) {
	p, ev, err := h.ask(ctx, protocol.Command{Op: protocol.OpList}, protocol.Devices)
	if err != nil {
		return nil, h.log(err)
	}
	p.end(true)
	return ev.Devices, nil
}

// Run plays and records as asked, and hands what is recorded to onInput as it
// arrives: mono, 1 is full scale, 10 to 50 ms at a time, one call at a time, in the
// goroutine that called Run; the slice is the callee's to keep. It returns an
// [Error], or ctx.Err() when ctx ended; what was handed over by then stays true.
func (h Helper) Run(ctx context.Context, r Request, onInput func([]float32)) (Result, error) {
	if !r.Capture && r.Play == nil || r.Length > MaxLength || r.Length < 0 {
		return Result{}, fmt.Errorf("nothing to play or record, or more than %v", MaxLength)
	}
	run := &run{request: r, onInput: onInput}
	err := h.run(ctx, run)
	if Is(err, Stalled) {
		err = h.diagnose(ctx, run, err)
	}
	return run.result, h.log(err)
}

func (h Helper) run(ctx context.Context, r *run) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, opened, err := h.ask(ctx, r.request.command(), protocol.Opened)
	if err != nil {
		return err
	}
	defer func() { p.end(err == nil) }()
	sound, err := r.open(opened)
	if err != nil {
		return err
	}
	go p.say(protocol.Command{Op: protocol.OpStart}, sound)
	return r.stream(ctx, p)
}

// say sends the sound and then the command. A helper that does not listen is found out by its silence.
func (p *process) say(c protocol.Command, sound []float32) {
	if protocol.WriteSamples(p.stdin, sound) == nil {
		_ = protocol.Send(p.stdin, c)
	}
}

// started waits until the process runs and the sound library answers.
func (p *process) started(ctx context.Context) error {
	f, err := p.next(ctx, helloTicks)
	if errors.Is(err, errTicks) {
		return p.crashed("the helper did not start")
	}
	if err != nil {
		return err
	}
	if _, err := p.expect(f, protocol.Hello); err != nil {
		return err
	}
	_, err = p.event(ctx, protocol.Ready)
	return err
}

// event waits for the event with that topic, and longer where a person is asked first.
func (p *process) event(ctx context.Context, topic protocol.Topic) (protocol.Event, error) {
	ev, err := p.within(ctx, readyTicks, topic, protocol.Asking)
	if err == nil && ev.Topic == protocol.Asking {
		p.asking()
		ev, err = p.within(ctx, answerTicks, topic)
	}
	return ev, err
}

// within waits for an event with one of the topics for so many ticks.
func (p *process) within(ctx context.Context, ticks int, topics ...protocol.Topic) (protocol.Event, error) {
	f, err := p.next(ctx, ticks)
	if errors.Is(err, errTicks) {
		return protocol.Event{}, &Error{Kind: Stalled, Direction: Both, Message: "the sound system does not answer", Stderr: p.last.String()}
	}
	if err != nil {
		return protocol.Event{}, err
	}
	return p.expect(f, topics...)
}

// expect reads an event and turns every other topic into an error.
func (p *process) expect(f protocol.Frame, topics ...protocol.Topic) (protocol.Event, error) {
	var ev protocol.Event
	if err := f.Decode(&ev); err != nil {
		return ev, p.crashed(err.Error())
	}
	switch {
	case slices.Contains(topics, ev.Topic):
		return ev, nil
	case ev.Topic == protocol.Failed:
		return ev, p.failed(ev)
	default:
		return ev, p.crashed(fmt.Sprintf("the helper said %q for %q", ev.Topic, topics))
	}
}

// failed turns what the helper says of its failure into an error.
func (p *process) failed(ev protocol.Event) error {
	kinds := map[protocol.Problem]Kind{
		protocol.NoDevice: NoDevice, protocol.Unknown: UnknownName, protocol.Ambiguous: AmbiguousName,
		protocol.Open: OpenFailed, protocol.Library: OpenFailed, protocol.Unbuilt: Missing,
	}
	kind, known := kinds[ev.Problem]
	if !known {
		kind = Crashed
	}
	return &Error{Kind: kind, Direction: ev.Direction, Message: ev.Message, Choices: ev.Choices, Stderr: p.last.String()}
}

// glance is how long the look after a stalled device may take.
const glance = 800 * time.Millisecond

// diagnose tells a device that was taken away from one that hangs, by whether it is still listed.
func (h Helper) diagnose(ctx context.Context, r *run, stalled error) error {
	var e *Error
	if ctx.Err() != nil || !errors.As(stalled, &e) || !r.opened {
		return stalled
	}
	short, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	quiet := Helper{Command: h.Command, Env: h.Env}
	all, err := quiet.List(short)
	if err != nil {
		return stalled
	}
	if r.lost(all, e.Direction) {
		return &Error{Kind: Gone, Direction: e.Direction, Message: "it is not listed any more", Stderr: e.Stderr, cause: stalled}
	}
	return stalled
}

// log writes what a failed helper printed last, and returns err.
func (h Helper) log(err error) error {
	var e *Error
	if h.Log != nil && errors.As(err, &e) {
		_, _ = fmt.Fprintf(h.Log, "audio helper: %v\n%s\n", e, e.Stderr)
	}
	return err
}
