package protocol_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/audio/device/protocol"
)

func TestFramesComeBackAsSent(t *testing.T) {
	var wire bytes.Buffer
	want := protocol.Event{
		Topic: protocol.Opened, InputRate: 16000, OutputRate: 48000,
		InputDevice: &protocol.Device{Index: 3, Name: "Auriculares Señal (日本語)", API: "ALSA", Inputs: 1, Rate: 44100, DefaultInput: true},
	}
	if err := protocol.Send(&wire, want); err != nil {
		t.Fatal(err)
	}
	sound := make([]float32, protocol.MaxPCM/4+100) // more than one frame
	for i := range sound {
		sound[i] = float32(math.Sin(float64(i)))
	}
	if err := protocol.WriteSamples(&wire, sound); err != nil {
		t.Fatal(err)
	}
	f, err := protocol.Read(&wire)
	if err != nil {
		t.Fatal(err)
	}
	var got protocol.Event
	if err := f.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var heard []float32
	for {
		f, err := protocol.Read(&wire)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		heard = append(heard, f.Samples()...)
	}
	if diff := cmp.Diff(sound, heard); diff != "" {
		t.Error("sound changed on its way")
	}
}

func header(kind byte, size uint32) string {
	return string(binary.LittleEndian.AppendUint32([]byte{kind}, size))
}

func TestReadRefusesWhatIsNoFrame(t *testing.T) {
	for _, c := range []struct {
		name, wire string
		want       error
	}{
		{"nothing", "", io.EOF},
		{"half a header", "J\x01", io.ErrUnexpectedEOF},
		{"half a payload", header('P', 8) + "1234", io.ErrUnexpectedEOF},
		{"no payload", header('J', 5), io.ErrUnexpectedEOF},
		{"unknown kind", header('X', 0), protocol.ErrFrame},
		{"words of a library", "Cannot connect to server", protocol.ErrFrame},
		{"too long words", header('J', protocol.MaxJSON+1), protocol.ErrFrame},
		{"too much sound", header('P', protocol.MaxPCM+4), protocol.ErrFrame},
		{"most there is", header('J', math.MaxUint32), protocol.ErrFrame},
		{"part of a sample", header('P', 7) + "1234567", protocol.ErrFrame},
	} {
		if _, err := protocol.Read(strings.NewReader(c.wire)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestWriteKeepsTheBounds(t *testing.T) {
	for _, f := range []protocol.Frame{
		{Kind: protocol.JSON, Payload: make([]byte, protocol.MaxJSON+1)}, {Kind: protocol.PCM, Payload: make([]byte, 3)}, {Kind: 'x'},
	} {
		if err := protocol.Write(io.Discard, f); !errors.Is(err, protocol.ErrFrame) {
			t.Errorf("%c of %d: %v", f.Kind, len(f.Payload), err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, payload := range []string{"", "{", `{"topic":1}`, `{"stranger":1}`, `{"topic":"done","topic":"done"}`, "[]"} {
		var ev protocol.Event
		if err := (protocol.Frame{Kind: protocol.JSON, Payload: []byte(payload)}).Decode(&ev); !errors.Is(err, protocol.ErrFrame) {
			t.Errorf("%q: %v", payload, err)
		}
	}
	var ev protocol.Event
	if err := (protocol.Frame{Kind: protocol.PCM, Payload: []byte("{}")}).Decode(&ev); !errors.Is(err, protocol.ErrFrame) {
		t.Errorf("sound as words: %v", err)
	}
}

func TestSamplesThatAreNoNumbersAreSilence(t *testing.T) {
	var wire bytes.Buffer
	in := []float32{0.5, float32(math.NaN()), float32(math.Inf(1)), -0.5}
	if err := protocol.WriteSamples(&wire, in); err != nil {
		t.Fatal(err)
	}
	f, err := protocol.Read(&wire)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float32{0.5, 0, 0, -0.5}, f.Samples()); diff != "" {
		t.Error(diff)
	}
}

// FuzzRead: whatever comes, reading ends, stays in bounds, and what was read is written the same way.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header('J', 2) + "{}" + header('P', 4) + "abcd"))
	f.Add([]byte(header('P', 0)))
	f.Add([]byte(header('J', 1<<31)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		var again bytes.Buffer
		for {
			frame, err := protocol.Read(r)
			if err != nil {
				break
			}
			if len(frame.Payload) > protocol.MaxJSON {
				t.Fatal("out of bounds")
			}
			if err := protocol.Write(&again, frame); err != nil {
				t.Fatal(err)
			}
			for _, s := range frame.Samples() {
				if s != s {
					t.Fatal("not a number")
				}
			}
			var ev protocol.Event
			var cmd protocol.Command
			_, _ = frame.Decode(&ev), frame.Decode(&cmd)
		}
		if !bytes.HasPrefix(data, again.Bytes()) {
			t.Fatal("read something that was not there")
		}
	})
}
