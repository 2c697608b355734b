package protocol

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Kind is a frame's first byte: what its payload is.
type Kind byte

// The kinds of frames.
const (
	// JSON frames carry one [Command] or [Event].
	JSON Kind = 'J'
	// PCM frames carry sound: 32-bit floats, little-endian, 1 is full scale.
	PCM Kind = 'P'
)

// Bounds of a payload in bytes. A frame that claims more is an error before a byte of it is read.
const (
	MaxJSON = 256 << 10
	MaxPCM  = 64 << 10
)

const (
	headerSize = 5
	sampleSize = 4
)

// ErrFrame is the error for bytes that are no frame of ours.
var ErrFrame = errors.New("not a frame of the audio helper")

// Frame is one message.
type Frame struct {
	Kind    Kind
	Payload []byte
}

// Read takes the next frame from r. It returns io.EOF where the stream ends
// between two frames, io.ErrUnexpectedEOF where it ends within one, and an
// [ErrFrame] for an unknown kind or a length out of bounds.
func Read(r io.Reader) (Frame, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Frame{}, err
	}
	kind, size := Kind(head[0]), binary.LittleEndian.Uint32(head[1:])
	if err := bounds(kind, int64(size)); err != nil {
		return Frame{}, err
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(r, payload); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Frame{}, err
	}
	return Frame{Kind: kind, Payload: payload}, nil
}

// Write puts a frame onto w in one call of Write.
func Write(w io.Writer, f Frame) error {
	if err := bounds(f.Kind, int64(len(f.Payload))); err != nil {
		return err
	}
	data := make([]byte, headerSize, headerSize+len(f.Payload))
	data[0] = byte(f.Kind)
	binary.LittleEndian.PutUint32(data[1:], uint32(len(f.Payload)))
	_, err := w.Write(append(data, f.Payload...))
	return err
}

func bounds(kind Kind, size int64) error {
	switch {
	case kind == JSON && size <= MaxJSON:
		return nil
	case kind == PCM && size <= MaxPCM && size%sampleSize == 0:
		return nil
	default:
		return fmt.Errorf("%w: kind %q of %d bytes", ErrFrame, byte(kind), size)
	}
}

// WriteSamples writes sound in as many PCM frames as it takes; none for no samples.
func WriteSamples(w io.Writer, samples []float32) error {
	for len(samples) > 0 {
		n := min(len(samples), MaxPCM/sampleSize)
		payload := make([]byte, 0, n*sampleSize)
		for _, s := range samples[:n] {
			payload = binary.LittleEndian.AppendUint32(payload, math.Float32bits(s))
		}
		if err := Write(w, Frame{Kind: PCM, Payload: payload}); err != nil {
			return err
		}
		samples = samples[n:]
	}
	return nil
}

// Samples is the sound in a PCM frame. What is not a finite number becomes 0:
// a broken driver's sample must not spoil a whole recording.
func (f Frame) Samples() []float32 {
	out := make([]float32, len(f.Payload)/sampleSize)
	for i := range out {
		v := math.Float32frombits(binary.LittleEndian.Uint32(f.Payload[i*sampleSize:]))
		if f64 := float64(v); !math.IsNaN(f64) && !math.IsInf(f64, 0) {
			out[i] = v
		}
	}
	return out
}
