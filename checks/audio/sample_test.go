package audio

import (
	"bytes"
	"context"
	"math"
	"testing"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
)

// A recording comes back from its file as it went in, to the bit, and is small enough for a report.
func TestFLAC(t *testing.T) {
	for name, sound := range map[string]virtual.Sound{
		"voice": virtual.Speech(sampleRate, 8, -26), "loud noise": virtual.Noise(sampleRate, 8, -3, 1), "a moment": virtual.Noise(sampleRate, 0.002, -20, 1),
	} {
		x := floats(len(sound.Samples), map[float64]virtual.Sound{0: sound})
		file, err := encodeFLAC(x)
		if err != nil {
			t.Fatal(err)
		}
		got, rate, err := readFLAC(bytes.NewReader(file))
		if err != nil || rate != sampleRate || len(got) != len(x) || len(file) > 2*len(x)+2000 {
			t.Fatalf("%s: %v, %d Hz, %d samples of %d in %d bytes", name, err, rate, len(got), len(x), len(file))
		}
		for i, v := range got {
			if want := max(-1, min(1, float64(x[i]))); math.Abs(float64(v)-want) > 1.01/(1<<15) {
				t.Fatalf("%s: sample %d is %v, was %v", name, i, v, want)
			}
		}
		t.Logf("%s: %d bytes of %d", name, len(file), 2*len(x))
	}
}

func TestVoiceSampleNeedsAYes(t *testing.T) {
	r := recording{samples: floats(11*48000, map[float64]virtual.Sound{3: virtual.Speech(48000, 8, -26)}), rate: 48000, asked: true}
	for _, c := range []struct {
		asked  bool
		answer string
		fact   string
	}{{false, "agree", ""}, {true, "agree", "agreed"}, {true, "decline", "declined"}, {true, "whatever", "declined"}} {
		p := &lab.Person{Say: func(checks.Question) checks.Answer { return checks.Answer{Choice: c.answer} }}
		m := &microphone{cfg: Config{Person: p, VoiceSample: c.asked}}
		res := (&checks.Runner{}).Run(t.Context(), []checks.Check{probe(func(rec *checks.Recorder) {
			if err := m.sample(context.Background(), rec, r); err != nil {
				t.Error(err)
			}
		})})[0]
		if res.Evidence.Facts["sample"] != c.fact || (res.Voice != nil) != (c.fact == "agreed") || len(p.Asked()) != map[bool]int{true: 1}[c.asked] {
			t.Errorf("%+v: %v, %d bytes", c, res.Evidence.Facts, len(res.Voice))
		}
		if res.Voice == nil {
			continue
		}
		got, rate, err := readFLAC(bytes.NewReader(res.Voice))
		if err != nil || math.Abs(float64(len(got))/float64(rate)-8) > 0.01 || math.Abs(analysis.RMS(got)+26) > 0.5 {
			t.Errorf("%v: %d samples at %d Hz, %v dBFS", err, len(got), rate, analysis.RMS(got))
		}
	}
	m := &microphone{cfg: Config{Person: nobody{}, VoiceSample: true}}
	res := (&checks.Runner{}).Run(t.Context(), []checks.Check{probe(func(rec *checks.Recorder) { _ = m.sample(context.Background(), rec, r) })})[0]
	if res.Voice != nil || res.Evidence.Facts["sample"] != "" {
		t.Error("silence was taken for a yes")
	}
}
