package device

import (
	"context"
	"slices"
	"time"

	"linecheck/checks/audio/device/protocol"
)

// run is one request on its way.
type run struct {
	request Request
	onInput func([]float32)
	result  Result

	opened        bool
	input, output *Device
	// frames and length are how much is to be played.
	frames int64
	length time.Duration
	// taken is how many frames the output took, the silence after the sound with them.
	taken int64
}

const stereo = 2

func (r Request) command() protocol.Command {
	return protocol.Command{
		Op: protocol.OpOpen, Capture: r.Capture, Play: r.Play != nil,
		Input: r.Input, Output: r.Output, LengthMS: r.Length.Milliseconds(),
	}
}

// open takes what was opened and makes the sound for it.
func (r *run) open(ev protocol.Event) ([]float32, error) {
	sane := func(rate int) bool { return rate >= 1000 && rate <= 1_000_000 }
	if r.request.Capture && (ev.InputDevice == nil || !sane(ev.InputRate)) ||
		r.request.Play != nil && (ev.OutputDevice == nil || !sane(ev.OutputRate)) {
		return nil, &Error{Kind: Crashed, Message: "the helper opened something else"}
	}
	r.opened, r.input, r.output = true, ev.InputDevice, ev.OutputDevice
	if r.request.Capture {
		r.result.InputRate, r.result.InputAPI = ev.InputRate, ev.InputDevice.API
	}
	var sound []float32
	if r.request.Play != nil {
		r.result.OutputRate, r.result.OutputAPI = ev.OutputRate, ev.OutputDevice.API
		sound = r.sound(ev.OutputRate)
	}
	if r.request.Opened != nil {
		r.request.Opened(r.result)
	}
	return sound, nil
}

// sound is what to play, cut to the bounds.
func (r *run) sound(rate int) []float32 {
	sound := r.request.Play(rate)
	most := stereo * int(MaxLength.Seconds()) * rate
	sound = sound[:min(len(sound), most)/stereo*stereo]
	r.frames = int64(len(sound) / stereo)
	r.length = time.Duration(r.frames) * time.Second / time.Duration(rate)
	return sound
}

// stream takes sound and beats until the helper is done.
func (r *run) stream(ctx context.Context, p *process) error {
	w := newWatch(r.request.Capture, r.request.Play != nil, max(r.request.Length, r.length))
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f, ok := <-p.frames:
			if !ok {
				return p.crashed("the helper ended in the middle of a run")
			}
			if done, err := r.take(p, f, w); done || err != nil {
				return err
			}
		case <-t.C:
			if len(p.frames) > 0 {
				continue // there is news; this program was the slow one
			}
			if err := w.tick(); err != nil {
				return err
			}
		}
	}
}

// take handles one frame of a run.
func (r *run) take(p *process, f protocol.Frame, w *watch) (done bool, err error) {
	if f.Kind == protocol.PCM {
		samples := f.Samples()
		if len(samples) == 0 || !r.request.Capture {
			return false, nil
		}
		w.input.moved()
		r.result.Recorded += int64(len(samples))
		if r.onInput != nil {
			r.onInput(samples)
		}
		return false, nil
	}
	var ev protocol.Event
	if err := f.Decode(&ev); err != nil {
		return false, p.crashed(err.Error())
	}
	switch ev.Topic {
	case protocol.Beat, protocol.Done:
		if ev.Played > r.taken {
			r.taken = ev.Played
			r.result.Played = min(r.taken, r.frames)
			w.output.moved()
		}
		r.result.Dropped, r.result.Breaks, r.result.Sides = ev.Dropped, ev.Breaks, ev.Sides
		r.result.Mixer = ev.Mixer
		return ev.Topic == protocol.Done, nil
	default:
		_, err := p.expect(f, protocol.Done)
		return false, err
	}
}

// lost says whether a device of that direction is missing from the list.
func (r *run) lost(all []Device, way Direction) bool {
	missing := func(d *Device) bool {
		return d != nil && !slices.ContainsFunc(all, func(o Device) bool { return o.Name == d.Name && o.API == d.API })
	}
	return way != Output && missing(r.input) || way != Input && missing(r.output)
}
