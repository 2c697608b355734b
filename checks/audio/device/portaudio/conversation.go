package portaudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/protocol"
)

// conversation is one command from its arrival to the last event.
type conversation struct {
	out io.Writer
	in  chan protocol.Frame
}

func (c *conversation) run(ctx context.Context, s system) error {
	if err := c.say(protocol.Event{Topic: protocol.Hello}); err != nil {
		return err
	}
	cmd, err := c.command(ctx, protocol.OpList, protocol.OpOpen)
	if err != nil {
		return c.fail(err)
	}
	if cmd.Capture { // before the sound library looks at the microphone
		asking := func() error { return c.say(protocol.Event{Topic: protocol.Asking}) }
		if err := permit(ctx, s.keeper, asking); err != nil {
			return err
		}
	}
	e, err := s.open()
	if err != nil {
		return c.fail(err)
	}
	defer e.close()
	if err := c.say(protocol.Event{Topic: protocol.Ready}); err != nil {
		return err
	}
	all, err := e.devices()
	if err != nil {
		return c.fail(&problem{kind: protocol.Library, err: err})
	}
	if cmd.Op == protocol.OpList {
		return c.say(protocol.Event{Topic: protocol.Devices, Devices: all})
	}
	if err := c.duplex(ctx, e, all, cmd); err != nil {
		return c.fail(err)
	}
	return nil
}

// duplex opens what was asked for, takes the sound, and moves it.
func (c *conversation) duplex(ctx context.Context, e engine, all []protocol.Device, cmd protocol.Command) error {
	d := newDuplex(time.Duration(cmd.LengthMS) * time.Millisecond)
	defer d.close()
	opened, err := d.open(e, all, cmd)
	if err != nil {
		return err
	}
	if err := c.say(opened); err != nil {
		return err
	}
	if err := c.sound(ctx, d); err != nil {
		return err
	}
	if err := d.start(); err != nil {
		return err
	}
	return d.pump(ctx, c.out)
}

// sound takes PCM frames until the start command.
func (c *conversation) sound(ctx context.Context, d *duplex) error {
	most := int(device.MaxLength.Seconds()) * 2 * max(d.outputRate, 1)
	for {
		f, err := c.next(ctx)
		if err != nil {
			return err
		}
		if f.Kind == protocol.PCM {
			d.sound = append(d.sound, f.Samples()...)
			if len(d.sound) > most {
				return &problem{kind: protocol.Misuse, err: errors.New("too much sound")}
			}
			continue
		}
		_, err = decode(f, protocol.OpStart)
		return err
	}
}

func (c *conversation) next(ctx context.Context) (protocol.Frame, error) {
	select {
	case f := <-c.in:
		return f, nil
	case <-ctx.Done():
		return protocol.Frame{}, context.Cause(ctx)
	}
}

func (c *conversation) command(ctx context.Context, ops ...protocol.Op) (protocol.Command, error) {
	f, err := c.next(ctx)
	if err != nil {
		return protocol.Command{}, err
	}
	return decode(f, ops...)
}

func decode(f protocol.Frame, ops ...protocol.Op) (protocol.Command, error) {
	var cmd protocol.Command
	if err := f.Decode(&cmd); err != nil {
		return cmd, &problem{kind: protocol.Misuse, err: err}
	}
	for _, op := range ops {
		if cmd.Op == op && cmd.LengthMS >= 0 && cmd.LengthMS <= device.MaxLength.Milliseconds() {
			return cmd, nil
		}
	}
	return cmd, &problem{kind: protocol.Misuse, err: fmt.Errorf("command %q out of place", cmd.Op)}
}

func (c *conversation) say(ev protocol.Event) error { return protocol.Send(c.out, ev) }

// problem is an error that the other side is told by its kind.
type problem struct {
	kind protocol.Problem
	way  protocol.Direction
	err  error
}

func (p *problem) Error() string { return fmt.Sprintf("%s %s: %v", p.way, p.kind, p.err) }
func (p *problem) Unwrap() error { return p.err }

// fail tells the other side why there is no result, and returns err.
func (c *conversation) fail(err error) error {
	ev := protocol.Event{Topic: protocol.Failed, Problem: protocol.Library, Message: err.Error()}
	var p *problem
	var choice *device.Error
	switch {
	case errors.As(err, &p):
		ev.Problem, ev.Direction = p.kind, p.way
	case errors.As(err, &choice):
		kinds := map[device.Kind]protocol.Problem{
			device.NoDevice: protocol.NoDevice, device.UnknownName: protocol.Unknown, device.AmbiguousName: protocol.Ambiguous,
		}
		ev.Problem, ev.Direction = kinds[choice.Kind], choice.Direction
		ev.Message, ev.Choices = choice.Message, choice.Choices
	}
	_ = c.say(ev)
	return err
}
