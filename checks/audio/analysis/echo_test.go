package analysis_test

import (
	"math"
	"testing"

	"linecheck/checks/audio/analysis"
)

// heard is a recording of the probe that came back with a gain in dB and so many seconds late.
func heard(gain, late float64) []float32 {
	probe := analysis.Probe(rate)
	out := make([]float32, len(probe)/2)
	shift := int(late * rate)
	for i := range out {
		if from := i - shift; from >= 0 && from < len(out) {
			out[i] = float32(math.Pow(10, gain/20)) * probe[2*from]
		}
	}
	return out
}

func TestProbeIsComfortable(t *testing.T) {
	for _, r := range []int{8000, 16000, 44100, 48000} {
		p := analysis.Probe(r)
		near(t, "length", float64(len(p))/2/float64(r), analysis.ProbeLength.Seconds(), 0.001)
		near(t, "peak", analysis.Peak(p), -12, 0.1)
		if p[0] != 0 || analysis.DC(p) > 1e-4 {
			t.Error("the probe begins with a click")
		}
		for i := 0; i < len(p); i += 2 {
			if p[i] != p[i+1] {
				t.Fatal("left and right differ")
			}
		}
	}
}

func TestEchoIsFoundWithItsGainAndLag(t *testing.T) {
	for _, c := range []struct{ gain, late, room float64 }{
		{0, 0, -60}, {-27.7, 0.25, -60}, {-27.7, 0.25, -35}, {-42.7, 0.1, -45}, {-42.7, 0.6, -45}, {-28, -0.2, -50},
	} {
		e := analysis.FindEcho(add(heard(c.gain, c.late), noise(c.room, 4, 3)), rate)
		if e.State != analysis.Found || e.Listening != analysis.Speakers || e.Why != "" {
			t.Errorf("%+v: %+v", c, e)
		}
		near(t, "gain", e.Gain, c.gain, 0.5)
		near(t, "lag", e.Lag, c.late, 0.002)
	}
}

func TestNoEchoInNoise(t *testing.T) {
	for seed := range uint64(6) {
		for _, room := range []float64{-80, -45} {
			e := analysis.FindEcho(noise(room, 3.2, seed), rate)
			if e.State != analysis.None || e.Listening != analysis.Headphones || e.Score > 14 {
				t.Errorf("room %v, seed %d: %+v", room, seed, e)
			}
		}
	}
}

func TestWhereItCannotBeTold(t *testing.T) {
	slipped := heard(-28, 0.1)
	cut := 17 * rate / 10                                         // between the sweeps
	slipped = append(slipped[:cut:cut], slipped[cut+rate/10:]...) // 100 ms are lost
	slipped = add(append(slipped, make([]float32, rate/10)...), noise(-60, 4, 1))
	half := noise(-60, 3.2, 1)
	clear(half[rate:])
	late := append(make([]float32, rate), syllables(-26, 2.2, 4000)...)
	for _, c := range []struct {
		name string
		x    []float32
		why  string
	}{
		{"silence", make([]float32, 4*rate), analysis.WhyZeros},
		{"a gate that closes", half, analysis.WhyZeros},
		{"a loud room", noise(-25, 3.2, 1), analysis.WhyNoise},
		{"talk that begins late", add(late, noise(-60, 3.2, 1)), analysis.WhyTalk},
		{"talk", add(syllables(-26, 3.2, 4000), noise(-60, 3.2, 1)), analysis.WhyTalk},
		{"lost sound", slipped, analysis.WhySlip},
		{"too short", noise(-60, 1, 1), analysis.WhyShort},
		{"nothing", nil, analysis.WhyShort},
	} {
		e := analysis.FindEcho(c.x, rate)
		if e.State != analysis.CannotTell || e.Listening != analysis.UnknownListening || e.Why != c.why || e.Gain != 0 {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func TestWeakEchoes(t *testing.T) {
	e := analysis.FindEcho(add(heard(-55, 0.1), noise(-75, 4, 1)), rate)
	if e.State != analysis.Found || e.Listening != analysis.UnknownListening || e.Why != analysis.WhyWeak {
		t.Errorf("%+v", e)
	}
	e = analysis.FindEcho(add(heard(-66, 0.1), noise(-80, 4, 1)), rate)
	if e.State != analysis.Found || e.Listening != analysis.Headphones {
		t.Errorf("%+v", e)
	}
}

func BenchmarkFindEcho(b *testing.B) {
	x := add(heard(-40, 0.1), noise(-50, 4, 1))
	for b.Loop() {
		analysis.FindEcho(x, rate)
	}
}
