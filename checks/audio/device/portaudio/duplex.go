package portaudio

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/protocol"
)

const (
	// queued is how many recorded pieces may wait for the other side, about 2.5 s of them.
	queued = 128
	// beatEvery is how often the counts are told.
	beatEvery = 100 * time.Millisecond
	// drain is how long a sound's end takes through the buffers when nothing is recorded.
	drain = buffer + 100*time.Millisecond
)

// duplex is the streams of one run and what moves between them and the other side.
type duplex struct {
	streams               []stream
	inputRate, outputRate int
	length                time.Duration
	// sound is stereo, set before the start and only read after it.
	sound []float32
	// pieces takes copies of what was recorded, mono.
	pieces                            chan []float32
	played, recorded, dropped, breaks atomic.Int64
	sides                             atomic.Pointer[protocol.Sides] // of a recording with two channels or more
}

func newDuplex(length time.Duration) *duplex {
	return &duplex{length: length, pieces: make(chan []float32, queued)}
}

// open opens each direction that is asked for. Each has its own stream: their rates may differ.
func (d *duplex) open(e engine, all []protocol.Device, cmd protocol.Command) (protocol.Event, error) {
	ev := protocol.Event{Topic: protocol.Opened}
	if cmd.Play { // the output first: without it there is nothing to do
		dev, err := device.Choose(all, cmd.Output, device.Output)
		if err != nil {
			return ev, err
		}
		rate, err := d.try(e, device.Output, ways(dev, dev.Outputs, 2))
		if err != nil {
			return ev, err
		}
		d.outputRate, ev.OutputRate, ev.OutputDevice = rate, rate, &dev
	}
	if cmd.Capture {
		dev, err := device.Choose(all, cmd.Input, device.Input)
		if err != nil {
			return ev, err
		}
		rate, err := d.try(e, device.Input, ways(dev, dev.Inputs, 2))
		if err != nil {
			return ev, err
		}
		d.inputRate, ev.InputRate, ev.InputDevice = rate, rate, &dev
	}
	return ev, nil
}

// try opens a device in the first way that works. The error is that of the first way.
func (d *duplex) try(e engine, way device.Direction, all []params) (rate int, err error) {
	for _, p := range all {
		if way == device.Input {
			p.record = d.recorder(p.channels)
		} else {
			p.play = d.player(p.channels)
		}
		s, failed := e.open(p)
		if failed == nil {
			d.streams = append(d.streams, s)
			return p.rate, nil
		}
		if err == nil {
			err = &problem{kind: protocol.Open, way: way, err: failed}
		}
	}
	return 0, err
}

// recorder keeps the mean of the first two channels, as calls do, and how much sound each had.
func (d *duplex) recorder(channels int) func([]float32, bool) {
	var sides protocol.Sides
	return func(in []float32, broken bool) {
		piece := make([]float32, len(in)/channels)
		for i := range piece {
			left := in[i*channels]
			if piece[i] = left; channels > 1 {
				right := in[i*channels+1]
				piece[i] = (left + right) / 2
				sides.Left += float64(left) * float64(left)
				sides.Right += float64(right) * float64(right)
			}
		}
		if channels > 1 {
			now := sides
			d.sides.Store(&now)
		}
		if broken {
			d.breaks.Add(1)
		}
		select {
		case d.pieces <- piece:
		default:
			d.dropped.Add(int64(len(piece)))
		}
	}
}

// player plays the sound and then silence. One channel gets the mean of both,
// further channels get silence.
func (d *duplex) player(channels int) func([]float32, bool) {
	at := 0
	return func(out []float32, broken bool) {
		clear(out)
		frames := len(out) / channels
		for i := range frames {
			if at+1 >= len(d.sound) {
				break
			}
			left, right := d.sound[at], d.sound[at+1]
			at += 2
			if channels == 1 {
				out[i] = (left + right) / 2
				continue
			}
			out[i*channels], out[i*channels+1] = left, right
		}
		if broken {
			d.breaks.Add(1)
		}
		d.played.Add(int64(frames))
	}
}

func (d *duplex) start() error {
	for _, s := range d.streams {
		if err := s.start(); err != nil {
			return &problem{kind: protocol.Open, err: err}
		}
	}
	return nil
}

func (d *duplex) close() {
	for _, s := range d.streams {
		s.close()
	}
}

// pump hands recorded sound and the counts to the other side until all is played and recorded.
func (d *duplex) pump(ctx context.Context, out io.Writer) error {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	wanted := int64(d.length.Seconds() * float64(d.inputRate))
	var told int64
	for !d.over(wanted) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case piece := <-d.pieces:
			piece = piece[:min(int64(len(piece)), max(0, wanted-d.recorded.Load()))]
			d.recorded.Add(int64(len(piece)))
			if err := protocol.WriteSamples(out, piece); err != nil {
				return err
			}
		case <-beat.C:
			if d.played.Load() == told {
				continue // the other side counts how long nothing moved
			}
			told = d.played.Load()
			if err := protocol.Send(out, d.counts(protocol.Beat)); err != nil {
				return err
			}
		}
	}
	done := d.counts(protocol.Done)
	done.Mixer = mixer() // while the streams are open: it knows them by what they are connected to
	return protocol.Send(out, done)
}

// over says whether everything was played and recorded.
func (d *duplex) over(wanted int64) bool {
	frames := int64(len(d.sound) / 2)
	if d.inputRate > 0 {
		return d.recorded.Load() >= wanted && d.played.Load() >= frames
	}
	return d.played.Load() >= frames+int64(drain.Seconds()*float64(d.outputRate))
}

func (d *duplex) counts(topic protocol.Topic) protocol.Event {
	return protocol.Event{
		Topic: topic, Sides: d.sides.Load(), Played: d.played.Load(), Recorded: d.recorded.Load(), Dropped: d.dropped.Load(), Breaks: d.breaks.Load(),
	}
}
