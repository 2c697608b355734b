package analysis_test

import (
	"math"
	"testing"

	"linecheck/checks/audio/analysis"
)

func TestLevels(t *testing.T) {
	near(t, "RMS of a full-scale sine", analysis.RMS(sine(997, 0, 1)), -3.01, 0.02)
	near(t, "peak of a sine at -20", analysis.Peak(sine(997, -20, 1)), -20, 0.02)
	near(t, "RMS of noise at -40", analysis.RMS(noise(-40, 2, 1)), -40, 0.1)
	square := make([]float32, 1000)
	for i := range square {
		square[i] = float32(1 - 2*(i/10%2))
	}
	near(t, "RMS of a full-scale square", analysis.RMS(square), 0, 1e-9)
	near(t, "peak of a negative full scale", analysis.Peak([]float32{-1}), 0, 1e-9)
	for _, x := range [][]float32{nil, make([]float32, 100)} {
		if !math.IsInf(analysis.RMS(x), -1) || !math.IsInf(analysis.Peak(x), -1) {
			t.Errorf("%d samples of silence have a level", len(x))
		}
	}
}

func TestShares(t *testing.T) {
	x := []float32{0, 0, 0.5, 1, -1, 0.9995, 0.99, -0.25}
	near(t, "zeros", analysis.Zeros(x), 2.0/8, 0)
	near(t, "DC", analysis.DC([]float32{0.5, 0.25, 0, 0.25}), 0.25, 0)
	near(t, "zeros of nothing", analysis.Zeros(nil), 0, 0)
	near(t, "DC of nothing", analysis.DC(nil), 0, 0)
}

func TestFrameLevelsLeaveTheOffsetOut(t *testing.T) {
	x := sine(1000, -20, 0.1) // whole periods in each frame
	for i := range x {
		x[i] += 0.3
	}
	levels := analysis.Levels(x[:len(x)-1], 960)
	if len(levels) != 4 { // the fifth is not whole
		t.Fatalf("%d frames", len(levels))
	}
	for _, l := range levels {
		near(t, "level beside an offset", l, -23.01, 0.05)
	}
	if analysis.Levels(x, 0) != nil {
		t.Error("frames of nothing")
	}
}

func TestNoiseFloor(t *testing.T) {
	steady := analysis.Levels(noise(-50, 3, 1), 960)
	got, ok := analysis.NoiseFloor(steady, 0.5)
	if near(t, "steady noise", got, -50, 0.1); !ok {
		t.Error("no floor")
	}
	// A third of the quiet part is spoilt.
	spoilt := add(noise(-50, 3, 1), sine(300, -10, 1))
	got, _ = analysis.NoiseFloor(analysis.Levels(spoilt, 960), 0.5)
	near(t, "spoilt noise", got, -50, 0.3)
	// Somebody speaks all the time, with gaps.
	talk := add(noise(-50, 7, 1), syllables(-20, 7, 6000))
	got, _ = analysis.NoiseFloor(analysis.Levels(talk, 960), 0.2)
	near(t, "noise between syllables", got, -50, 0.5)
	if _, ok := analysis.NoiseFloor(analysis.Levels(make([]float32, 48000), 960), 0.5); ok {
		t.Error("digital silence has a noise floor")
	}
	if _, ok := analysis.NoiseFloor(nil, 0.5); ok {
		t.Error("nothing has a noise floor")
	}
}
