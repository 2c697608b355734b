package audio

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
)

const (
	// sampleRate is that of a voice sample in Hz: all of a wideband call.
	sampleRate = 16_000
	sampleBits = 16
	blockSize  = 4096
)

// sample asks, where the recruiter wants a recording of the voice, whether the
// person agrees to send what they just read. Without a yes nothing of it is kept.
func (m *microphone) sample(ctx context.Context, rec *checks.Recorder, r recording) error {
	if !m.cfg.VoiceSample {
		return nil
	}
	a, ok := person{m.cfg.Person}.ask(ctx, checks.Question{ID: "audio.microphone.sample", Choices: []string{"agree", "decline"}})
	if !ok {
		return nil
	}
	if a.Choice != "agree" {
		rec.Fact("sample", "declined")
		return nil
	}
	file, err := encodeFLAC(analysis.Resample(r.spoken(), r.rate, sampleRate))
	if err != nil {
		return fmt.Errorf("the voice sample could not be written: %w", err)
	}
	rec.Fact("sample", "agreed")
	rec.Voice(file)
	return nil
}

// encodeFLAC is a FLAC file of samples at sampleRate, one channel.
func encodeFLAC(x []float32) ([]byte, error) {
	var file bytes.Buffer
	enc, err := flac.NewEncoder(&file, &meta.StreamInfo{
		BlockSizeMin: 16, BlockSizeMax: blockSize, SampleRate: sampleRate, NChannels: 1, BitsPerSample: sampleBits, NSamples: uint64(len(x)),
	})
	if err != nil {
		return nil, err
	}
	enc.EnablePredictionAnalysis(true)
	for from := 0; from < len(x); from += blockSize {
		block := make([]int32, min(blockSize, len(x)-from))
		for i := range block {
			v := math.Round(float64(x[from+i]) * (1 << (sampleBits - 1)))
			block[i] = int32(max(-1<<(sampleBits-1), min(1<<(sampleBits-1)-1, v)))
		}
		f := &frame.Frame{
			Header:    frame.Header{HasFixedBlockSize: false, BlockSize: uint16(len(block)), SampleRate: sampleRate, Channels: frame.ChannelsMono, BitsPerSample: sampleBits, Num: uint64(from)},
			Subframes: []*frame.Subframe{{SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, Samples: block, NSamples: len(block)}},
		}
		if err := enc.WriteFrame(f); err != nil {
			return nil, err
		}
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
