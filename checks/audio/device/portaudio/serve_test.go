package portaudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/audio/device/protocol"
)

// fakeEngine is a sound library at the edge: what it plays comes back on every input channel
// but the first, which gets a ramp.
type fakeEngine struct {
	list   []protocol.Device
	accept func(params) bool
	hang   bool

	mu     sync.Mutex
	opened []params
	heard  []float32
	closed bool
}

func (e *fakeEngine) devices() ([]protocol.Device, error) {
	if e.hang {
		select {}
	}
	if e.list == nil {
		return nil, errors.New("broken library")
	}
	return e.list, nil
}

func (e *fakeEngine) open(p params) (stream, error) {
	if e.accept != nil && !e.accept(p) {
		return nil, fmt.Errorf("not at %d Hz with %d channels", p.rate, p.channels)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.opened = append(e.opened, p)
	return &fakeStream{engine: e, params: p, quit: make(chan struct{})}, nil
}

func (e *fakeEngine) close() { e.closed = true }

type fakeStream struct {
	engine *fakeEngine
	params params
	quit   chan struct{}
	gone   sync.WaitGroup
}

func (s *fakeStream) start() error {
	s.gone.Go(func() {
		buf := make([]float32, s.params.rate/callsPerSecond*s.params.channels)
		at := 0
		for {
			select {
			case <-s.quit:
				return
			case <-time.After(time.Millisecond): // twenty times faster than sound
			}
			if s.params.record != nil {
				for i := range buf {
					switch i % s.params.channels {
					case 0: // alone, or twice as much where the other side has nothing
						buf[i] = float32(at * min(2, s.params.channels))
						at++
					case 1:
						buf[i] = 0
					default:
						buf[i] = -1
					}
				}
				s.params.record(buf, false)
				continue
			}
			s.params.play(buf, false)
			s.engine.mu.Lock()
			s.engine.heard = append(s.engine.heard, buf...)
			s.engine.mu.Unlock()
		}
	})
	return nil
}

func (s *fakeStream) close() {
	close(s.quit)
	s.gone.Wait()
}

// far is the program's end of a conversation.
type far struct {
	t       *testing.T
	in      *io.PipeReader
	out     *io.PipeWriter
	ended   chan error
	samples []float32
}

func talk(t *testing.T, e *fakeEngine) *far {
	t.Helper()
	return talkWith(t, e, newKeeper())
}

func talkWith(t *testing.T, e *fakeEngine, k keeper) *far {
	t.Helper()
	fromHelper, helperOut := io.Pipe()
	helperIn, toHelper := io.Pipe()
	f := &far{t: t, in: fromHelper, out: toHelper, ended: make(chan error, 1)}
	go func() {
		err := serve(context.Background(), helperIn, helperOut, system{func() (engine, error) { return e, nil }, k})
		_ = helperOut.Close()
		f.ended <- err
	}()
	t.Cleanup(func() { _, _ = toHelper.Close(), fromHelper.Close() })
	return f
}

func (f *far) say(v any) {
	f.t.Helper()
	if err := protocol.Send(f.out, v); err != nil {
		f.t.Fatal(err)
	}
}

// next is the next event that is no beat; sound before it is kept.
func (f *far) next() protocol.Event {
	f.t.Helper()
	for {
		frame, err := protocol.Read(f.in)
		if err != nil {
			f.t.Fatal(err)
		}
		if frame.Kind == protocol.PCM {
			f.samples = append(f.samples, frame.Samples()...)
			continue
		}
		var ev protocol.Event
		if err := frame.Decode(&ev); err != nil {
			f.t.Fatal(err)
		}
		if ev.Topic != protocol.Beat {
			return ev
		}
	}
}

func (f *far) expect(topics ...protocol.Topic) (last protocol.Event) {
	f.t.Helper()
	for _, want := range topics {
		if last = f.next(); last.Topic != want {
			f.t.Fatalf("got %+v, want %s", last, want)
		}
	}
	return last
}

func cards() []protocol.Device {
	return []protocol.Device{
		{Index: 0, Name: "box", Outputs: 2, Rate: 44100, DefaultOutput: true},
		{Index: 1, Name: "mic", Inputs: 4, Rate: 16000, DefaultInput: true},
	}
}

func TestServeLists(t *testing.T) {
	e := &fakeEngine{list: cards()}
	f := talk(t, e)
	f.expect(protocol.Hello)
	f.say(protocol.Command{Op: protocol.OpList})
	ev := f.expect(protocol.Ready, protocol.Devices)
	if diff := cmp.Diff(cards(), ev.Devices); diff != "" {
		t.Error(diff)
	}
	if err := <-f.ended; err != nil || !e.closed {
		t.Errorf("%v, closed %v", err, e.closed)
	}
}

func TestServeMovesSound(t *testing.T) {
	e := &fakeEngine{list: cards()}
	f := talk(t, e)
	f.expect(protocol.Hello)
	f.say(protocol.Command{Op: protocol.OpOpen, Capture: true, Play: true, LengthMS: 500})
	ev := f.expect(protocol.Ready, protocol.Opened)
	if ev.InputRate != preferredRate || ev.OutputRate != preferredRate || ev.InputDevice.Name != "mic" || ev.OutputDevice.Name != "box" {
		t.Errorf("%+v", ev)
	}
	sound := []float32{0.1, 0.2, 0.3, 0.4}
	if err := protocol.WriteSamples(f.out, sound); err != nil {
		t.Fatal(err)
	}
	f.say(protocol.Command{Op: protocol.OpStart})
	done := f.expect(protocol.Done)
	if err := <-f.ended; err != nil {
		t.Error(err)
	}
	if done.Recorded != preferredRate/2 || len(f.samples) != preferredRate/2 || done.Played < 2 {
		t.Errorf("%+v, %d samples", done, len(f.samples))
	}
	for i, v := range f.samples {
		if done.Dropped == 0 && v != float32(i) {
			t.Fatalf("sample %d is %v", i, v)
		}
	}
	if diff := cmp.Diff(append(sound, 0, 0), e.heard[:6]); diff != "" {
		t.Error(diff)
	}
	if done.Sides == nil || done.Sides.Left <= 0 || done.Sides.Right != 0 {
		t.Errorf("only the left side had sound: %+v", done.Sides)
	}
	if !e.closed {
		t.Error("the library was left open")
	}
}

func TestServePlaysToTheEndWithoutAMicrophone(t *testing.T) {
	e := &fakeEngine{list: cards()[:1]}
	f := talk(t, e)
	f.expect(protocol.Hello)
	f.say(protocol.Command{Op: protocol.OpOpen, Play: true})
	f.expect(protocol.Ready, protocol.Opened)
	_ = protocol.WriteSamples(f.out, make([]float32, 4800))
	f.say(protocol.Command{Op: protocol.OpStart})
	if done := f.expect(protocol.Done); done.Played < 2400+int64(drain.Seconds()*preferredRate) || done.Recorded != 0 {
		t.Errorf("%+v", done)
	}
}

func TestServeTakesWhatTheDeviceTakes(t *testing.T) {
	picky := func(p params) bool {
		return p.play != nil && p.rate == 44100 || p.record != nil && p.rate == 16000 && p.channels == 4
	}
	e := &fakeEngine{list: cards(), accept: picky}
	f := talk(t, e)
	f.expect(protocol.Hello)
	f.say(protocol.Command{Op: protocol.OpOpen, Capture: true, Play: true, LengthMS: 100})
	if ev := f.expect(protocol.Ready, protocol.Opened); ev.InputRate != 16000 || ev.OutputRate != 44100 {
		t.Errorf("%+v", ev)
	}
	f.say(protocol.Command{Op: protocol.OpStart})
	f.expect(protocol.Done)
	if len(f.samples) != 1600 || f.samples[1599] != 1599 { // the mean of the first two of four channels
		t.Errorf("%d samples", len(f.samples))
	}
}

func TestServeTellsItsFailures(t *testing.T) {
	never := func(params) bool { return false }
	onlyOutput := func(p params) bool { return p.play != nil }
	for _, c := range []struct {
		name string
		e    *fakeEngine
		cmd  protocol.Command
		want protocol.Problem
		way  protocol.Direction
	}{
		{"no list", &fakeEngine{}, protocol.Command{Op: protocol.OpList}, protocol.Library, protocol.Both},
		{"no output", &fakeEngine{list: cards()[1:]}, protocol.Command{Op: protocol.OpOpen, Play: true, Capture: true}, protocol.NoDevice, protocol.Output},
		{"no input", &fakeEngine{list: cards()[:1]}, protocol.Command{Op: protocol.OpOpen, Play: true, Capture: true}, protocol.NoDevice, protocol.Input},
		{"no such name", &fakeEngine{list: cards()}, protocol.Command{Op: protocol.OpOpen, Capture: true, Input: "x"}, protocol.Unknown, protocol.Input},
		{"held by another", &fakeEngine{list: cards(), accept: never}, protocol.Command{Op: protocol.OpOpen, Play: true}, protocol.Open, protocol.Output},
		{"not allowed", &fakeEngine{list: cards(), accept: onlyOutput}, protocol.Command{Op: protocol.OpOpen, Play: true, Capture: true}, protocol.Open, protocol.Input},
		{"start first", &fakeEngine{list: cards()}, protocol.Command{Op: protocol.OpStart}, protocol.Misuse, protocol.Both},
		{"a whole day", &fakeEngine{list: cards()}, protocol.Command{Op: protocol.OpOpen, Capture: true, LengthMS: 86_400_000}, protocol.Misuse, protocol.Both},
	} {
		f := talk(t, c.e)
		f.expect(protocol.Hello)
		f.say(c.cmd)
		ev := f.next()
		if ev.Topic == protocol.Ready {
			ev = f.next()
		}
		if ev.Topic != protocol.Failed || ev.Problem != c.want || ev.Direction != c.way {
			t.Errorf("%s: %+v", c.name, ev)
		}
		if err := <-f.ended; err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
}

// The other side's end must end the helper even while the library hangs.
func TestServeEndsWithItsProgram(t *testing.T) {
	f := talk(t, &fakeEngine{hang: true})
	f.expect(protocol.Hello)
	f.say(protocol.Command{Op: protocol.OpList})
	f.expect(protocol.Ready)
	_ = f.out.Close()
	select {
	case err := <-f.ended:
		if !errors.Is(err, errGone) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it hangs")
	}
}

func TestServeRefusesArguments(t *testing.T) {
	in, out := io.Pipe()
	defer func() { _ = out.Close() }()
	helperOut := &frames{}
	if err := Serve(t.Context(), in, helperOut, []string{"list"}); err == nil {
		t.Error("no error")
	}
	if helperOut.n != 1 {
		t.Errorf("%d frames were said", helperOut.n)
	}
}

type frames struct{ n int }

func (f *frames) Write(p []byte) (int, error) { f.n++; return len(p), nil }
