package analysis_test

import (
	"math"
	"testing"

	"linecheck/checks/audio/analysis"
)

func TestActiveSpeechLevel(t *testing.T) {
	for _, level := range []float64{-12, -26, -45} {
		x := add(noise(level-40, 4, 1), syllables(level, 4, 6000))
		s, ok := analysis.ActiveSpeech(x, rate, level-40)
		if !ok {
			t.Fatalf("no speech found at %v", level)
		}
		// The quietest edges of each swell are left out, so it comes out a little high.
		near(t, "active speech", s.Level, level, 0.6)
		if share := float64(s.Frames) / float64(len(s.Active)); share < 0.5 || share > 0.65 {
			t.Errorf("%.2f of the time is active, 0.6 was", share)
		}
	}
}

func TestActiveSpeechDoesNotDependOnPauses(t *testing.T) {
	spoken := syllables(-26, 4, 6000)
	dense, _ := analysis.ActiveSpeech(spoken, rate, math.Inf(-1))
	sparse, ok := analysis.ActiveSpeech(append(make([]float32, 6*rate), spoken...), rate, math.Inf(-1))
	if !ok {
		t.Fatal("no speech found")
	}
	near(t, "level after six seconds of nothing", sparse.Level, dense.Level, 0.01)
}

func TestWhatIsNoSpeech(t *testing.T) {
	hum := add(noise(-60, 4, 1), sine(100, -20, 4))
	click := noise(-60, 4, 1)
	for i := range 4800 {
		click[rate+i] += 0.5 * float32(math.Sin(float64(i)))
	}
	for name, x := range map[string][]float32{
		"noise": noise(-60, 4, 1), "louder noise": noise(-40, 4, 2), "hum": hum, "a click": click,
		"silence": make([]float32, 4*rate), "nothing": nil,
	} {
		if s, ok := analysis.ActiveSpeech(x, rate, -60); ok {
			t.Errorf("%s is taken for speech: %.1f dBFS in %d frames", name, s.Level, s.Frames)
		}
	}
}

func TestBandwidth(t *testing.T) {
	for _, upTo := range []float64{3400, 7000, 14000} {
		x := add(noise(-70, 5, 1), syllables(-20, 5, upTo))
		s, ok := analysis.ActiveSpeech(x, rate, -70)
		if !ok {
			t.Fatal("no speech")
		}
		hz, ok := analysis.Bandwidth(x, rate, s)
		if !ok {
			t.Fatal("no bandwidth")
		}
		near(t, "bandwidth", hz, upTo, 400)
	}
}

// Noise that hides what speech there is comes the same way: it shows how wide that is.
func TestBandwidthBehindNoise(t *testing.T) {
	for _, c := range []struct {
		upTo float64
		want analysis.Band
	}{{3400, analysis.Narrowband}, {7000, analysis.Wideband}, {20000, analysis.Fullband}} {
		for _, level := range []float64{-70, -50, -40, -34} {
			x := lowpass(add(noise(level, 5, 1), syllables(-20, 5, 4000)), c.upTo)
			s, _ := analysis.ActiveSpeech(x, rate, level)
			hz, ok := analysis.Bandwidth(x, rate, s)
			if want := c.want; level > -45 || c.want == analysis.Narrowband {
				if got := analysis.BandOf(hz); !ok || got != want {
					t.Errorf("noise of %v up to %v: %v (%s)", level, c.upTo, hz, got)
				}
			}
		}
	}
}

func TestBandwidthNeedsSpeech(t *testing.T) {
	x := noise(-60, 2, 1)
	s, _ := analysis.ActiveSpeech(x, rate, -60)
	if hz, ok := analysis.Bandwidth(x, rate, s); ok {
		t.Errorf("noise has a bandwidth of %v", hz)
	}
	if _, ok := analysis.Bandwidth(nil, 10, analysis.Speech{}); ok {
		t.Error("nothing has a bandwidth")
	}
}
