package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks"
	"linecheck/report"
)

func progressOf(stage string, live ...report.Metric) checks.Progress {
	return checks.Progress{Stage: stage, Live: live}
}

func metric(key string, v float64, unit string) report.Metric {
	return report.Metric{Key: key, Value: report.Number(v), Unit: unit}
}

// Each kind of value has its picture.
func TestKindsOfPictures(t *testing.T) {
	for _, c := range []struct {
		live report.Metric
		want PictureKind
	}{
		{metric("internet.download.mbps", 1, "Mbit/s"), Area},
		{metric("internet.latency.idle.ms", 1, "ms"), Dots},
		{metric("webrtc.rtt.ms", 1, "ms"), Trace},
		{metric("audio.microphone.level.dbfs", -20, "dBFS"), Level},
		{metric("machine.cpu.load.ratio", 0.5, "ratio"), Bars},
		{metric("webrtc.lost", 1, "count"), NoPicture},
	} {
		var p picture
		p.add(progressOf("s", c.live))
		if p.kind != c.want {
			t.Errorf("%s: %q", c.live.Key, p.kind)
		}
	}
}

func view(t *testing.T, ps ...checks.Progress) PictureView {
	t.Helper()
	m := at(t, Checking, invited())
	for _, p := range ps {
		m.Update(Event{checks.Event{Type: checks.EventProgress, Check: "internet.speed", Progress: p}})
	}
	return m.View().Checks.Picture
}

func TestPictures(t *testing.T) {
	speed := func(v float64) checks.Progress { return progressOf("download", metric("a.mbps", v, "Mbit/s")) }
	got := view(t, speed(3), speed(41), progressOf("download"), speed(12))
	want := PictureView{Kind: Area, Check: "internet.speed", Title: "a.mbps", Value: "12 Mbit/s", Values: []float64{3, 41, 12}, Most: 50, Top: "50 Mbit/s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := view(t, speed(3), progressOf("upload", metric("b.mbps", 1, "Mbit/s"))); len(got.Values) != 1 || got.Title != "b.mbps" {
		t.Errorf("the next stage goes on with the last one's picture: %+v", got)
	}
	if got := view(t, speed(3), progressOf("wait")); got.Kind != NoPicture {
		t.Errorf("a stage without values shows %+v", got)
	}
	if got := view(t, progressOf("speak", metric("l", -30, "dBFS"), metric("p", -6, "dBFS"))); cmp.Diff([]float64{0.5, 0.9}, got.Values) != "" || got.Top != "" {
		t.Errorf("%+v", got)
	}
	if got := view(t, progressOf("speak", metric("l", -30, "dBFS"))); cmp.Diff([]float64{0.5, 0.5}, got.Values) != "" {
		t.Errorf("%+v", got)
	}
	cores := progressOf("load", metric(loadKey, 0.4, "ratio"), metric("c1", 0.1, "ratio"), metric("c2", 0.7, "ratio"))
	if got := view(t, cores, cores); cmp.Diff([]float64{0.1, 0.7}, got.Values) != "" || got.Most != 1 || got.Value != "40 %" {
		t.Errorf("%+v", got)
	}
	if got := view(t, progressOf("load", metric(loadKey, 0.4, "ratio"))); cmp.Diff([]float64{0.4}, got.Values) != "" {
		t.Errorf("%+v", got)
	}
}

// Only what comes as a sound level is one.
func TestWhatIsALevel(t *testing.T) {
	for _, c := range []struct {
		at   checks.Progress
		want bool
	}{{progressOf("s"), false}, {progressOf("s", metric("a.mbps", 1, "Mbit/s")), false}, {progressOf("s", metric("l", -20, "dBFS")), true}} {
		if got := IsLevel(c.at); got != c.want {
			t.Errorf("%+v: %v", c.at, got)
		}
	}
}

// However long a stage lasts, its picture does not grow.
func TestAPictureDoesNotGrow(t *testing.T) {
	var p picture
	for i := range 100_000 {
		p.add(progressOf("s", metric("a.mbps", float64(i), "Mbit/s")))
		if len(p.values) > mostPoints {
			t.Fatalf("%d values", len(p.values))
		}
	}
	for i := 1; i < len(p.values)-1; i++ { // a straight line stays one
		if step := p.values[i] - p.values[i-1]; step != float64(p.every) {
			t.Fatalf("point %d is %v above the one before, not %d", i, step, p.every)
		}
	}
	if first := p.values[0]; first > float64(p.every) {
		t.Errorf("the beginning is lost: it starts at %v", first)
	}
}

func TestNiceTops(t *testing.T) {
	for highest, want := range map[float64]float64{0: 1, 0.3: 0.5, 1: 1, 1.2: 2, 41: 50, 50: 50, 51: 100, 998: 1000} {
		if got := nice([]float64{0, highest}); got < want*0.999 || got > want*1.001 {
			t.Errorf("%v: %v", highest, got)
		}
	}
}
