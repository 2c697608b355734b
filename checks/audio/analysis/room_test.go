package analysis_test

import (
	"math"
	"testing"

	"linecheck/checks/audio/analysis"
)

func TestRoomIsWeighted(t *testing.T) {
	// the A curve by the table of IEC 61672-1; a sine's RMS is 3.01 dB under its peak
	for hz, a := range map[float64]float64{20: -50.4, 100: -19.1, 63: -26.2, 125: -16.1, 250: -8.6, 1000: 0, 2000: 1.2, 4000: 1.0, 8000: -1.1, 16000: -6.7} {
		r, ok := analysis.RoomOf(sine(hz, -20, 2.5), rate)
		if !ok || r.Spectra != 4 {
			t.Fatalf("%v Hz: %+v %v", hz, r, ok)
		}
		near(t, "a sine", r.A, -23.01+a, 0.3)
	}
}

func TestHum(t *testing.T) {
	white := noise(-60, 2.7, 3)
	for _, c := range []struct {
		name string
		x    []float32
		hz   int
		hum  float64
	}{
		{"none", white, 0, math.Inf(-1)},
		{"50 Hz", add(white, sine(50, -40, 2.7)), 50, -43.01},
		{"60 Hz", add(white, sine(60, -50, 2.7)), 60, -53.01},
		{"50 Hz, a little off", add(white, sine(50.1, -40, 2.7)), 50, -43.01},
		{"only harmonics of 50 Hz", add(white, sine(100, -43, 2.7), sine(250, -43, 2.7)), 50, -43},
		{"60 Hz and its third", add(white, sine(60, -43, 2.7), sine(180, -43, 2.7)), 60, -43},
		{"a tone that is no mains", add(white, sine(440, -30, 2.7)), 0, math.Inf(-1)},
	} {
		r, ok := analysis.RoomOf(c.x, rate)
		if !ok || r.HumHz != c.hz {
			t.Errorf("%s: %+v", c.name, r)
			continue
		}
		if c.hz != 0 {
			near(t, c.name, r.Hum, c.hum, 0.5)
		}
	}
}

// Noise alone must not hum: not white, not of any level.
func TestNoHumWithoutHum(t *testing.T) {
	for seed := range uint64(40) {
		if r, _ := analysis.RoomOf(noise(-30-float64(seed), 2.7, seed), rate); r.HumHz != 0 {
			t.Errorf("noise %d hums: %+v", seed, r)
		}
	}
}

func TestRoomOfTooLittle(t *testing.T) {
	for name, x := range map[string][]float32{"nothing": nil, "half a second": noise(-40, 0.5, 1), "digital silence": make([]float32, 2*rate), "an offset": constant(0.1)} {
		if r, ok := analysis.RoomOf(x, rate); ok && r.A > -150 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func constant(v float32) []float32 {
	x := make([]float32, 2*rate)
	for i := range x {
		x[i] = v
	}
	return x
}
