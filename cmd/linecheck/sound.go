package main

import (
	"context"
	"math"
	"slices"
	"time"

	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
	"linecheck/cmd/internal/wiring"
	"linecheck/gui"
	"linecheck/gui/model"
)

// sound lists and tries the sound devices, each time in a helper process of its own.
type sound struct{}

var _ gui.Sound = sound{}

// Devices are the names of the sound devices, each once; none where they cannot be listed.
func (sound) Devices(ctx context.Context) (found model.Devices) {
	h, err := wiring.Helper()
	if err != nil {
		return found
	}
	all, err := h.List(ctx)
	if err != nil {
		return found
	}
	add := func(to []string, name string, channels int) []string {
		if channels == 0 || slices.Contains(to, name) {
			return to
		}
		return append(to, name)
	}
	for _, d := range all {
		found.Inputs, found.Outputs = add(found.Inputs, d.Name, d.Inputs), add(found.Outputs, d.Name, d.Outputs)
	}
	return found
}

// levels is how many levels a second are told.
const levels = 20

// quietest is told for digital silence, which has no level in dB.
const quietest = -120

// Listen says what the named microphone hears, until ctx ends or it fails.
func (sound) Listen(ctx context.Context, input string, level func(dbfs float64)) error {
	h, err := wiring.Helper()
	if err != nil {
		return err
	}
	rate := 0
	var piece []float32
	hear := func(samples []float32) {
		piece = append(piece, samples...)
		step := max(1, rate/levels)
		for ; len(piece) >= step; piece = piece[step:] {
			level(max(quietest, analysis.RMS(piece[:step])))
		}
	}
	request := device.Request{Capture: true, Input: input, Length: device.MaxLength, Opened: func(r device.Result) { rate = r.InputRate }}
	for err == nil {
		_, err = h.Run(ctx, request, hear)
	}
	return err
}

// Play plays a short chime on the named device.
func (sound) Play(ctx context.Context, output string) error {
	h, err := wiring.Helper()
	if err != nil {
		return err
	}
	_, err = h.Run(ctx, device.Request{Play: chime, Output: output}, nil)
	return err
}

const (
	// chimeTime is how long each of the three tones of the chime sounds.
	chimeTime = 350 * time.Millisecond
	// chimeLevel is its highest amplitude: loud enough to be heard, and no fright in headphones.
	chimeLevel = 0.2
)

// chime is a C major chord, one tone after the other, each fading out: stereo, interleaved.
func chime(rate int) []float32 {
	n := int(chimeTime.Seconds() * float64(rate))
	var out []float32
	for _, hz := range []float64{523.25, 659.26, 783.99} {
		for i := range n {
			t := float64(i) / float64(rate)
			attack := min(1, t/0.01)
			v := float32(chimeLevel * attack * math.Exp(-6*t) * math.Sin(2*math.Pi*hz*t))
			out = append(out, v, v)
		}
	}
	return out
}
