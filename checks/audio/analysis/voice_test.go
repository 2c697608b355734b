package analysis_test

import (
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"

	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/virtual"
)

// counting is read in any language.
const counting = "1 2 3 4 5 6 7 8 9 10, 11 12, 13 14 15. 21 35, 48 67? 100 1000, 76 54 32."

// spoken is eight seconds of a synthetic voice that reads, at -26 dBFS and that rate in Hz.
func spoken(t *testing.T, voice, pitch, speed, text string, hz int) []float32 {
	t.Helper()
	wav, err := exec.Command("espeak-ng", "-v", voice, "-p", pitch, "-s", speed, "--stdout", text).Output()
	if err != nil {
		t.Fatalf("espeak-ng speaks the test sentences: %v", err)
	}
	for i := 40; i < 44; i++ { // it writes the length before it knows it
		wav[i] = byte((len(wav) - 44) >> (8 * (i - 40)))
	}
	s, err := virtual.DecodeWAV(wav)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(s.Samples))
	for i, v := range s.Samples {
		x[i] = float32(v)
	}
	x = analysis.Resample(x, s.Rate, hz)
	x = x[:min(len(x), 8*hz)]
	return raised(x, -26-analysis.RMS(x))
}

func raised(x []float32, db float64) []float32 {
	for i := range x {
		x[i] *= float32(math.Pow(10, db/20))
	}
	return x
}

func isVoice(x []float32, rate int, noise float64) bool {
	s, ok := analysis.ActiveSpeech(x, rate, noise)
	return ok && s.Voice.IsVoice()
}

// Voices of many languages, high and low, slow and fast, are taken for voices, also in noise.
func TestVoices(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a program that speaks: not in short mode")
	}
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed")
	}
	found, all := 0, 0
	for _, language := range []string{"ar", "bn", "cmn", "de", "en-us", "en-gb", "es-419", "fr-fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt-br", "ru", "sw", "ta", "tr", "uk", "ur", "vi"} {
		for _, kind := range []string{"", "+f2", "+f5", "+m7"} {
			x := spoken(t, language+kind, []string{"30", "50", "70"}[all%3], []string{"120", "150", "190"}[all/3%3], counting, 16000)
			for _, level := range []float64{-60, -45, -38} {
				all++
				mixed := append([]float32(nil), x...)
				for i, v := range virtual.Noise(16000, 9, level, uint64(all)).Samples[:len(x)] {
					mixed[i] += float32(v)
				}
				if isVoice(mixed, 16000, level) {
					found++
				} else {
					s, ok := analysis.ActiveSpeech(mixed, 16000, level)
					t.Logf("%s%s in noise of %v is no voice: %v %+v", language, kind, level, ok, s.Voice)
				}
			}
		}
	}
	t.Logf("%d of %d voices found", found, all)
	if float64(found) < 0.97*float64(all) {
		t.Errorf("%d of %d voices found", found, all)
	}
}

// What is loud and moves but is no voice: hiss in bursts, keys, hums that come and go, a fan, a siren.
func TestWhatIsNoVoice(t *testing.T) {
	taken := 0
	const each = 25
	for name, make := range map[string]func(*rand.Rand) []float32{
		"bursts of hiss": func(r *rand.Rand) []float32 {
			x := noise(-26, 8, r.Uint64())
			hz := 2 + 6*r.Float64()
			for i := range x {
				x[i] *= float32(1 + math.Sin(2*math.Pi*hz*float64(i)/rate))
			}
			return x
		},
		"keys": func(r *rand.Rand) []float32 {
			x := noise(-60, 8, r.Uint64())
			for range 60 {
				at, ring := r.IntN(len(x)-4000), 800+3000*r.Float64()
				for i := range 3000 {
					x[at+i] += float32(math.Exp(-float64(i)/250) * (0.3*r.NormFloat64() + 0.2*math.Sin(2*math.Pi*ring*float64(i)/rate)))
				}
			}
			return x
		},
		"hum that comes and goes": func(r *rand.Rand) []float32 {
			x, hz := noise(-60, 8, r.Uint64()), 50*float64(1+r.IntN(5))
			for i := range x {
				if int(float64(i)/rate*(1+3*0.5))%2 == 0 {
					x[i] += float32(0.05 * math.Sin(2*math.Pi*hz*float64(i)/rate))
				}
			}
			return x
		},
		"bell": func(r *rand.Rand) []float32 {
			x, hz := noise(-60, 8, r.Uint64()), 600+1000*r.Float64()
			for k := range 10 {
				for i := range rate / 2 {
					x[k*rate*3/4+i] += float32(0.2 * math.Exp(-float64(i)/6000) * math.Sin(2*math.Pi*hz*float64(i)/rate))
				}
			}
			return x
		},
		"dull rumble": func(r *rand.Rand) []float32 {
			x := lowpass(noise(-15, 8, r.Uint64()), 300)
			for i := range x {
				x[i] *= float32(1 + math.Sin(2*math.Pi*1.5*float64(i)/rate))
			}
			return x
		},
	} {
		n := 0
		for i := range each {
			if isVoice(make(rand.New(rand.NewPCG(uint64(i), 8))), rate, -60) {
				n++
			}
		}
		t.Logf("%s: %d of %d taken for a voice", name, n, each)
		taken += n
	}
	if taken > 3 {
		t.Errorf("%d of %d noises were taken for voices", taken, 5*each)
	}
	for _, hz := range []int{0, 100, rate} {
		if s, ok := analysis.ActiveSpeech(nil, hz, -60); ok || s.Voice.IsVoice() {
			t.Error("nothing is a voice")
		}
	}
}

// How wide the way was that a voice came is told behind any noise that came the same way.
func TestBandwidthOfVoices(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a program that speaks: not in short mode")
	}
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed")
	}
	const text = "Six thick thistle sticks. She sells sea shells, and the shells she sells are sea shells I'm sure. Please tell me how I can help."
	for _, voice := range []string{"en-us", "en-gb", "en-us+f3", "es-419", "hi"} {
		x := spoken(t, voice, "50", "150", text, rate)
		for upTo, want := range map[float64]analysis.Band{3400: analysis.Narrowband, 7500: analysis.Wideband, 20000: analysis.Fullband} {
			for _, level := range []float64{-60, -45, -40, -36} {
				mixed := lowpass(add(x, noise(level, 8, 3)), upTo)
				s, ok := analysis.ActiveSpeech(mixed, rate, level)
				hz, known := analysis.Bandwidth(mixed, rate, s)
				if got := analysis.BandOf(hz); !ok || !known || got != want {
					t.Errorf("%s up to %v Hz in noise of %v: %v Hz, %s", voice, upTo, level, hz, got)
				}
			}
		}
	}
}
