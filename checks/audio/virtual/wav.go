package virtual

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrWAV is the error for bytes that are no WAV file of 16-bit samples.
var ErrWAV = errors.New("not a WAV file of 16-bit samples")

const wavHeader = 44

// EncodeWAV writes interleaved samples as a WAV file of 16 bits; what is over full scale is clipped.
func EncodeWAV(samples []float64, rate, channels int) []byte {
	size := 2 * len(samples)
	le := binary.LittleEndian
	b := make([]byte, 0, wavHeader+size)
	b = le.AppendUint32(append(b, "RIFF"...), uint32(wavHeader-8+size))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*2))
	b = le.AppendUint16(b, uint16(channels*2))
	b = le.AppendUint16(b, 16)
	b = le.AppendUint32(append(b, "data"...), uint32(size))
	for _, s := range samples {
		v := math.Round(min(1, max(-1, s)) * math.MaxInt16)
		b = le.AppendUint16(b, uint16(int16(v)))
	}
	return b
}

// DecodeWAV reads a WAV file of 16-bit samples: the first channel, 1 is full scale.
func DecodeWAV(data []byte) (Sound, error) {
	le := binary.LittleEndian
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return Sound{}, ErrWAV
	}
	var channels, rate int
	for at := 12; at+8 <= len(data); {
		name, claimed := string(data[at:at+4]), le.Uint32(data[at+4:])
		at += 8
		size := int(min(uint64(claimed), uint64(len(data)-at)))
		body := data[at : at+size]
		switch {
		case name == "fmt " && len(body) >= 16:
			if le.Uint16(body) != 1 || le.Uint16(body[14:]) != 16 {
				return Sound{}, fmt.Errorf("%w: another encoding", ErrWAV)
			}
			channels, rate = int(le.Uint16(body[2:])), int(le.Uint32(body[4:]))
		case name == "data":
			if channels < 1 || rate < 1 || rate > 384000 {
				return Sound{}, fmt.Errorf("%w: no format before the samples", ErrWAV)
			}
			return Sound{Samples: firstChannel(body, channels), Rate: rate}, nil
		}
		at += size + size%2
	}
	return Sound{}, fmt.Errorf("%w: no samples", ErrWAV)
}

func firstChannel(body []byte, channels int) []float64 {
	frame := 2 * channels
	out := make([]float64, len(body)/frame)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(body[i*frame:]))) / math.MaxInt16
	}
	return out
}
