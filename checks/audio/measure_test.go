package audio

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

// probe is a check that runs a function, to get at a Recorder.
type probe func(*checks.Recorder)

func (probe) Spec() checks.Spec { return checks.Spec{ID: "probe", Timeout: 1 << 40} }
func (p probe) Run(_ context.Context, rec *checks.Recorder) error {
	p(rec)
	return nil
}

func measured(t *testing.T, asked bool, x []float32, rate int) map[string]float64 {
	t.Helper()
	ev, _ := checks.RunOne(t.Context(), probe(func(rec *checks.Recorder) { recording{samples: x, rate: rate, asked: asked}.measure(rec) }), nil)
	got := map[string]float64{}
	for _, m := range ev.Metrics {
		got[m.Key] = float64(m.Value)
		if m.Samples <= 0 || m.Origin != report.Client {
			t.Errorf("%+v", m)
		}
	}
	return got
}

// floats puts sounds over one another, each from its second on.
func floats(n int, sounds map[float64]virtual.Sound) []float32 {
	out := make([]float32, n)
	for from, s := range sounds {
		first := int(from * float64(s.Rate))
		for i, v := range s.Samples {
			if first+i < n {
				out[first+i] += float32(v)
			}
		}
	}
	return out
}

// truth is the active level of the made-up voice alone.
func truth(rate int, seconds float64) float64 {
	x := floats(int(seconds*float64(rate)), map[float64]virtual.Sound{0: virtual.Speech(rate, seconds, -26)})
	a, _ := analysis.ActiveLevel(x, rate, math.Inf(-1))
	return a.Level
}

func TestMeasureWithAPerson(t *testing.T) {
	for _, rate := range []int{16000, 48000} {
		x := floats(11*rate, map[float64]virtual.Sound{0: virtual.Noise(rate, 11, -55, 1), 3: virtual.Speech(rate, 8, -26)})
		got := measured(t, true, x, rate)
		near := func(key string, want, within float64) {
			if v, ok := got[key]; !ok || math.Abs(v-want) > within {
				t.Errorf("%d Hz: %s is %v, want %v", rate, key, v, want)
			}
		}
		near("audio.microphone.noise.dbfs", -55, 0.1)
		near("audio.microphone.speech.dbfs", truth(rate, 8), 0.2)
		near("audio.microphone.snr.db", truth(rate, 8)+55, 0.3)
		near("audio.microphone.clipped.ratio", 0, 0)
		near("audio.microphone.offset.ratio", 0, 0.005)
		near("audio.microphone.noise.a.dbfs", -56, 2.5) // white noise, by the width of the band
		if _, ok := got["audio.microphone.hum.dbfs"]; ok {
			t.Errorf("%d Hz: noise hums", rate)
		}
		near("audio.microphone.zeros.ratio", 0, 0.001)
		near("audio.microphone.bandwidth.hz", min(12000, float64(rate)/2), 4000)
	}
}

// Where nobody was asked to be quiet, the noise is looked for between the syllables.
func TestMeasureWithoutAPerson(t *testing.T) {
	rate := 48000
	x := floats(7*rate, map[float64]virtual.Sound{0: virtual.Noise(rate, 7, -55, 1), 0.001: virtual.Speech(rate, 7, -26)})
	got := measured(t, false, x, rate)
	if v := got["audio.microphone.noise.dbfs"]; math.Abs(v+55) > 0.5 {
		t.Errorf("noise %v", v)
	}
	if v := got["audio.microphone.speech.dbfs"]; math.Abs(v-truth(rate, 7)) > 0.3 {
		t.Errorf("speech %v", v)
	}
}

func TestWhatIsNotThereIsAbsent(t *testing.T) {
	rate := 16000
	gated := make([]float32, 7*rate) // a noise gate: speech between exact zeros
	for i, v := range virtual.Speech(rate, 4, -26).Samples {
		gated[3*rate+i] = float32(v)
	}
	for _, c := range []struct {
		name string
		x    []float32
		want []string
	}{
		{"muted", make([]float32, 7*rate), []string{"zeros.ratio"}},
		{"noise", floats(7*rate, map[float64]virtual.Sound{0: virtual.Noise(rate, 7, -40, 1)}), []string{"clipped.ratio", "dropouts.ratio", "noise.a.dbfs", "noise.dbfs", "offset.ratio", "zeros.ratio"}},
		{"gated", gated, []string{"activity.ratio", "bandwidth.hz", "clipped.ratio", "dropouts.ratio", "offset.ratio", "speech.dbfs", "voiced.ratio", "zeros.ratio"}},
		{"nothing", nil, nil},
	} {
		got := keys(t, c.x, rate)
		want := map[string]bool{}
		for _, k := range c.want {
			want["audio.microphone."+k] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func keys(t *testing.T, x []float32, rate int) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for k := range measured(t, true, x, rate) {
		out[k] = true
	}
	return out
}

func TestLiveLevel(t *testing.T) {
	l := &listener{levels: make(chan checks.Progress, 300), length: quietTime + speakTime, asked: true}
	l.hear([]float32{1}) // before the rate is known
	if len(l.levels) != 0 {
		t.Error("a level without a rate")
	}
	l.samples = nil
	l.opened(device.Result{InputRate: 1000})
	for i := range 110 { // bursts of a tenth of a second, the first three of them silent
		burst := make([]float32, 100)
		for k := range burst {
			if i >= 3 {
				burst[k] = 0.1
			}
		}
		l.hear(burst)
	}
	if len(l.levels) != 220 {
		t.Fatalf("%d levels in eleven seconds", len(l.levels))
	}
	for i := range 220 {
		p := <-l.levels
		silent := i < 6
		if (len(p.Live) == 0) != silent || !silent && (p.Live[0].Value != -20 || p.Live[0].Samples != 50 || p.Live[0].Key != "audio.microphone.level.dbfs") {
			t.Errorf("level %d: %+v", i, p.Live)
		}
		if want := float64(i+1) / 220; math.Abs(p.Fraction-want) > 1e-9 || (p.Stage == "speak") != (i >= 59) {
			t.Errorf("level %d: %s %v", i, p.Stage, p.Fraction)
		}
	}
}

// However fast the sound comes, the levels are shown evenly and not late.
func TestLevelsAreShownEvenly(t *testing.T) {
	var at []time.Time
	checks.RunOne(t.Context(), probe(func(rec *checks.Recorder) {
		l := listen(rec, quietTime+speakTime, true)
		defer l.stop()
		l.opened(device.Result{InputRate: 1000})
		for range 5 {
			l.hear([]float32{49: 0.5, 99: 0.5, 149: 0.5, 199: 0.5}) // four levels
			time.Sleep(200 * time.Millisecond)
		}
	}), func(p checks.Progress) {
		if len(p.Live) > 0 {
			at = append(at, time.Now())
		}
	})
	if len(at) < 8 || len(at) > 20 { // 20 are due; a busy machine shows fewer
		t.Errorf("%d levels were shown", len(at))
	}
}
