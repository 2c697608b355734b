//go:build linux

package audio_test

import (
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/checks/audio"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

// noPlayback answers with the usual choice, but does not want to hear itself.
func noPlayback(q checks.Question) (a checks.Answer) {
	if q.ID == "audio.microphone.play" {
		a.Choice = "skip"
	}
	return a
}

// speaker lets somebody speak into a card's room when the check asks for it.
func speaker(t *testing.T, s *virtual.Server, c virtual.Card, dbfs float64) func(checks.Progress) {
	var once sync.Once
	rate := 48000
	return func(p checks.Progress) {
		if p.Stage != "speak" {
			return
		}
		once.Do(func() {
			sound := virtual.Speech(rate, 8, dbfs)
			sound.Loop = true
			if _, err := s.Play(c, sound); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMicrophone(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{RoomTone: tone})
	none := math.NaN()
	for _, c := range []struct {
		card                     virtual.Card
		speech, noise            float64 // NaN: not looked at
		leastClipped, mostHz     float64
		mostClipped, narrowestHz float64
	}{
		{card: virtual.Headset, speech: -25.5, noise: tone, narrowestHz: 12000, mostHz: 24000},
		{card: virtual.HandsFree, speech: -25.7, noise: tone, narrowestHz: 3000, mostHz: 4200},
		{card: virtual.Quiet, speech: -75.5, noise: none, narrowestHz: 3000, mostHz: 24000},
		{card: virtual.Loud, speech: none, noise: tone + 30, leastClipped: 0.05, mostClipped: 0.5, mostHz: 24000},
	} {
		t.Run(string(c.card), func(t *testing.T) {
			t.Parallel()
			cfg := audio.Config{Helper: lab.Helper(t, s, virtual.View(c.card)), Person: &lab.Person{Say: noPlayback}}
			ev := run(t, audio.NewMicrophone(cfg), speaker(t, s, c.card, -26))
			if ev.Outcome != report.Measured {
				t.Fatal(ev.Outcome, ev.Reason)
			}
			if r := value(t, ev, "audio.microphone.clipped.ratio"); r < c.leastClipped || r > c.mostClipped {
				t.Errorf("clipped ratio %v", r)
			}
			if hz := value(t, ev, "audio.microphone.bandwidth.hz"); hz < c.narrowestHz || hz > c.mostHz {
				t.Errorf("bandwidth %v", hz)
			}
			if !math.IsNaN(c.speech) {
				near(t, ev, "audio.microphone.speech.dbfs", c.speech, 0.5)
			}
			if !math.IsNaN(c.noise) {
				near(t, ev, "audio.microphone.noise.dbfs", c.noise, 1.5)
				snr := value(t, ev, "audio.microphone.speech.dbfs") - value(t, ev, "audio.microphone.noise.dbfs")
				near(t, ev, "audio.microphone.snr.db", snr, 0.1)
			}
			lab.NoneLeft(t)
		})
	}
}

func TestMicrophoneWithoutSpeech(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset, virtual.Muted}})
	if _, err := s.Noise(virtual.Headset, -40); err != nil {
		t.Fatal(err)
	}
	t.Run("muted", func(t *testing.T) {
		t.Parallel()
		ev := run(t, audio.NewMicrophone(audio.Config{Helper: lab.Helper(t, s, virtual.View(virtual.Muted))}), nil)
		near(t, ev, "audio.microphone.zeros.ratio", 1, 0)
		absent(t, ev, "audio.microphone.speech.dbfs", "audio.microphone.noise.dbfs", "audio.microphone.snr.db",
			"audio.microphone.bandwidth.hz", "audio.microphone.clipped.ratio")
		if ev.Outcome != report.Measured {
			t.Error(ev.Outcome)
		}
	})
	t.Run("noise alone", func(t *testing.T) {
		t.Parallel()
		var stages []string
		live := 0
		ev := run(t, audio.NewMicrophone(audio.Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset))}), func(p checks.Progress) {
			if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
				stages = append(stages, p.Stage)
			}
			live += len(p.Live)
		})
		near(t, ev, "audio.microphone.noise.dbfs", -40, 0.5)
		near(t, ev, "audio.microphone.clipped.ratio", 0, 0)
		absent(t, ev, "audio.microphone.speech.dbfs", "audio.microphone.snr.db", "audio.microphone.bandwidth.hz")
		if diff := cmp.Diff([]string{"sound"}, stages); diff != "" {
			t.Error(diff)
		}
		if live < 60 { // 140 are due, of level and peak; a busy machine shows fewer
			t.Errorf("only %d live levels in 3.5 seconds", live)
		}
	})
}

// A loop of wire near a transformer: the mains in the quiet of the room.
func TestMicrophoneHums(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: tone})
	const rate = 48000
	hum := virtual.Sound{Rate: rate, Loop: true, Samples: make([]float64, rate)}
	for i := range hum.Samples { // -40 dBFS, and its third harmonic 10 dB under that
		at := 2 * math.Pi * 50 * float64(i) / rate
		hum.Samples[i] = math.Sqrt2 * (0.01*math.Sin(at) + 0.00316*math.Sin(3*at))
	}
	if _, err := s.Play(virtual.Headset, hum); err != nil {
		t.Fatal(err)
	}
	ev := run(t, audio.NewMicrophone(audio.Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset)), Person: &lab.Person{Say: noPlayback}}), nil)
	near(t, ev, "audio.microphone.hum.dbfs", -39.6, 0.5)
	if ev.Facts["hum"] != "50" {
		t.Errorf("hum %q", ev.Facts["hum"])
	}
	if a, plain := value(t, ev, "audio.microphone.noise.a.dbfs"), value(t, ev, "audio.microphone.noise.dbfs"); a > plain-15 {
		t.Errorf("%v dBFS weighted of %v: the ear hardly hears 50 Hz", a, plain)
	}
	absent(t, ev, "audio.microphone.speech.dbfs")
}
