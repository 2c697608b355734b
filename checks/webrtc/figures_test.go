package webrtc

import (
	"context"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
)

// recording is a check that only records, to see what it records.
type recording func(*checks.Recorder)

func (r recording) Spec() checks.Spec { return checks.Spec{ID: "x", Timeout: time.Minute} }
func (r recording) Run(_ context.Context, rec *checks.Recorder) error {
	r(rec)
	return nil
}

func recorded(t *testing.T, f func(*checks.Recorder)) report.Evidence {
	t.Helper()
	ev, _ := checks.RunOne(t.Context(), recording(f), nil)
	return ev
}

// passes fills a stream: n packets, which take up and down on their way as these
// say; a negative time is a loss. The far end's clock is an hour ahead.
func passes(n int, up, down func(i int) time.Duration) *echoes {
	const ahead = time.Hour
	e := newEchoes()
	var seq, count uint32
	for i := range n {
		sent := time.Duration(i) * media.Interval
		e.send(sent, 0)
		if up(i) < 0 {
			continue
		}
		count++
		d := media.Down{Seq: seq, Up: media.Up{Stream: media.Speech, Seq: uint32(i)}, Count: count, Received: sent + up(i) + ahead, Sent: sent + up(i) + ahead + time.Millisecond}
		seq++
		if down(i) >= 0 {
			e.take(d, sent+up(i)+time.Millisecond+down(i))
		}
	}
	return e
}

func always(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

func lose(n int, d time.Duration) func(int) time.Duration {
	return func(i int) time.Duration {
		if i%n == n-2 {
			return -1
		}
		return d
	}
}

func TestFiguresOfACleanPath(t *testing.T) {
	e := passes(400, always(30*time.Millisecond), always(10*time.Millisecond))
	ev := recorded(t, func(rec *checks.Recorder) { e.record(rec, media.Speech, nil) })
	for key, want := range map[string]float64{
		"webrtc.rtt.ms": 40, "webrtc.rtt.p95.ms": 40, "webrtc.loss.ratio": 0, "webrtc.loss.ratio.up": 0, "webrtc.loss.ratio.down": 0,
		"webrtc.jitter.ms": 0, "webrtc.reordered.ratio.down": 0, "webrtc.pacing.p99.ms": 0,
	} {
		near(t, key, float64(number(t, ev, key).Value), want, 1e-6)
	}
	if ev.Facts["pacing"] != "steady" {
		t.Errorf("facts %v", ev.Facts)
	}
	between(t, ev, "webrtc.mos", 4.3, 4.41)
}

func TestFiguresOfLossWithoutAnObservation(t *testing.T) {
	e := passes(400, lose(20, 30*time.Millisecond), lose(40, 10*time.Millisecond))
	ev := recorded(t, func(rec *checks.Recorder) { e.record(rec, media.Speech, nil) })
	near(t, "up", float64(number(t, ev, "webrtc.loss.ratio.up").Value), 0.05, 1e-6)
	near(t, "down", float64(number(t, ev, "webrtc.loss.ratio.down").Value), 0, 0.03)
	near(t, "worse", float64(number(t, ev, "webrtc.loss.ratio").Value), 0.05, 1e-6)
}

// The probe counted more than the highest number that came back: the last echoes were lost.
func TestFiguresSeeLossAtTheVeryEnd(t *testing.T) {
	e := passes(100, always(30*time.Millisecond), func(i int) time.Duration {
		if i >= 90 {
			return -1
		}
		return 10 * time.Millisecond
	})
	seen := []report.Metric{
		{Key: "webrtc.packets.up", Value: 100}, {Key: "webrtc.loss.ratio.up", Value: 0, Samples: 100}, {Key: "webrtc.jitter.ms.up", Value: 3, Samples: 99},
	}
	ev := recorded(t, func(rec *checks.Recorder) { e.record(rec, media.Speech, seen) })
	near(t, "down", float64(number(t, ev, "webrtc.loss.ratio.down").Value), 0.1, 1e-6)
	near(t, "jitter", float64(number(t, ev, "webrtc.jitter.ms").Value), 3, 1e-6)
	if _, ok := ev.Metric("webrtc.loss.ratio.up"); ok {
		t.Error("the client claims a number that the probe observed")
	}
}

// The last packets never reached the probe, which cannot know of them: the loss is by what was sent.
func TestFiguresSeeLossUpAtTheVeryEnd(t *testing.T) {
	e := passes(100, func(i int) time.Duration {
		if i >= 80 {
			return -1
		}
		return 30 * time.Millisecond
	}, always(10*time.Millisecond))
	seen := []report.Metric{{Key: "webrtc.packets.up", Value: 80}, {Key: "webrtc.loss.ratio.up", Value: 0, Samples: 80}}
	ev := recorded(t, func(rec *checks.Recorder) { e.record(rec, media.Speech, seen) })
	near(t, "loss", float64(number(t, ev, "webrtc.loss.ratio").Value), 0.2, 1e-6)
	near(t, "down", float64(number(t, ev, "webrtc.loss.ratio.down").Value), 0, 1e-6)
}

// Large packets are the trouble where none of them passes. Where a few do it is something else that loses them.
func TestLargePackets(t *testing.T) {
	except := func(every int) func(int) time.Duration {
		return func(i int) time.Duration {
			if i%every == every-1 {
				return 30 * time.Millisecond
			}
			return -1
		}
	}
	good, few, none := always(30*time.Millisecond), except(100), always(-1)
	for _, tt := range []struct {
		name       string
		speech, up func(int) time.Duration
		down       func(int) time.Duration
		packets    int
		want       string
	}{
		{"none there", good, none, good, 300, codeLarge},
		{"none back", good, good, none, 300, codeLarge},
		{"a few there", good, few, good, 300, noTrouble},
		{"a few back", good, good, few, 300, noTrouble},
		{"none of few", good, none, good, leastLarge - 1, noTrouble},
		{"small ones neither", none, none, good, 300, noTrouble},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &stream{echoes: map[media.Stream]*echoes{media.Speech: passes(300, tt.speech, good), media.Video: passes(tt.packets, tt.up, tt.down)}}
			if got := s.trouble(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestFiguresOfJitterByDirection(t *testing.T) {
	e := passes(400, func(i int) time.Duration { return time.Duration(30+i%2*8) * time.Millisecond }, always(10*time.Millisecond))
	ev := recorded(t, func(rec *checks.Recorder) { e.record(rec, media.Speech, nil) })
	near(t, "up", float64(number(t, ev, "webrtc.jitter.ms.up").Value), 8, 1e-6)
	near(t, "down", float64(number(t, ev, "webrtc.jitter.ms.down").Value), 0, 1e-6)
	near(t, "worse", float64(number(t, ev, "webrtc.jitter.ms").Value), 8, 1e-6)
}

func TestFiguresOfABusyComputer(t *testing.T) {
	e := newEchoes()
	for i := range 100 {
		e.send(time.Duration(i)*media.Interval, time.Duration(i%20)*time.Millisecond)
	}
	ev := recorded(t, func(rec *checks.Recorder) { e.record(rec, media.Speech, nil) })
	if ev.Facts["pacing"] != "busy" || ev.Facts[report.LimitFact] != "" {
		t.Errorf("facts %v", ev.Facts)
	}
	misses := newEchoes()
	for i := range 100 {
		misses.send(time.Duration(i)*media.Interval, time.Duration(i%25)*time.Millisecond)
	}
	if ev := recorded(t, func(rec *checks.Recorder) { misses.record(rec, media.Speech, nil) }); ev.Facts[report.LimitFact] != report.LimitComputer {
		t.Errorf("a computer that sends late: facts %v", ev.Facts)
	}
	for _, key := range []string{"webrtc.rtt.ms", "webrtc.mos", "webrtc.loss.ratio.down", "webrtc.jitter.ms"} {
		if m, ok := ev.Metric(key); ok {
			t.Errorf("nothing came back, and yet %+v", m)
		}
	}
}

func TestNonsenseIsNotCounted(t *testing.T) {
	e := newEchoes()
	e.send(0, 0)
	e.take(media.Down{Up: media.Up{Seq: 7}}, time.Second)                                       // never sent
	e.take(media.Down{Received: time.Second}, 2*time.Second)                                    // went back before it came
	e.take(media.Down{Received: 0, Sent: 3 * time.Second}, 2*time.Second)                       // was longer there than on the way
	e.take(media.Down{Received: time.Second, Sent: time.Second}, 50*time.Millisecond)           // good
	e.take(media.Down{Received: time.Second, Sent: time.Second, Count: 9}, 60*time.Millisecond) // once more
	if trips := e.roundTrips(); len(trips) != 1 || trips[0] != 50 || e.count != 0 {
		t.Errorf("round trips %v, count %d", trips, e.count)
	}
}

func TestFillUnseen(t *testing.T) {
	up := []arrival{{}, {came: true, transit: 5}, {}, {}, {came: true, transit: 9}, {}}
	fillUnseen(up, 4)
	came := 0
	for _, a := range up {
		if a.came {
			came++
		}
	}
	if came != 4 || up[0].came || !up[2].came || up[2].transit != 5 {
		t.Errorf("%+v", up)
	}
}

func TestLiveValues(t *testing.T) {
	e := passes(10, always(30*time.Millisecond), lose(5, 10*time.Millisecond))
	if rtt, missing := e.live(10); rtt != 40 || missing != 2 {
		t.Errorf("live = %v, %d", rtt, missing)
	}
	if rtt, missing := e.live(-40); rtt == rtt || missing != 0 {
		t.Errorf("with nothing new: %v, %d, want NaN and 0", rtt, missing)
	}
}
