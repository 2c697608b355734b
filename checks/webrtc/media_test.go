package webrtc

import (
	"context"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/envelope"
)

func TestMedia(t *testing.T) {
	f := newFar(t)
	cfg := f.config(t)
	cfg.span = 2 * time.Second
	var live atomic.Int32
	ev, observed := checks.RunOne(t.Context(), NewMedia(cfg), func(p checks.Progress) {
		if p.Stage == "call" && len(p.Live) > 0 {
			live.Add(1)
		}
	})
	if ev.Outcome != report.Measured {
		t.Fatalf("outcome %s, reason %s", ev.Outcome, ev.Reason)
	}
	// Wide enough for a machine that has other things to do.
	between(t, ev, "webrtc.rtt.ms", 0, 100)
	between(t, ev, "webrtc.rtt.datachannel.ms", 0, 200)
	between(t, ev, "webrtc.jitter.ms", 0, 100)
	between(t, ev, "webrtc.loss.ratio", 0, 0.02)
	between(t, ev, "webrtc.mos", 3, 4.5)
	between(t, ev, "webrtc.pacing.p99.ms", 0, 2000)
	if m := number(t, ev, "webrtc.rtt.ms"); m.Samples < 98 {
		t.Errorf("rtt rests on %d samples, want about 100", m.Samples)
	}
	origins := map[string]report.Origin{
		"webrtc.loss.ratio.up": report.Server, "webrtc.jitter.ms.up": report.Server, "webrtc.packets.up": report.Server,
		"webrtc.loss.ratio.down": report.Client, "webrtc.jitter.ms.down": report.Client, "webrtc.rtt.ms": report.Client,
	}
	for key, want := range origins {
		if m := number(t, ev, key); m.Origin != want {
			t.Errorf("%s is measured by %s, want %s", key, m.Origin, want)
		}
	}
	if len(observed) != 1 || ev.Facts["observation"] != "sealed" {
		t.Errorf("%d observations, facts %v", len(observed), ev.Facts)
	}
	if o, err := cfg.Open(observed[0]); err != nil || o.Facts["busy"] != "0" {
		t.Errorf("observation %+v, %v", o, err)
	}
	if live.Load() < 3 {
		t.Errorf("%d live values in 2 s, want one each 240 ms", live.Load())
	}
}

// every drops each n-th packet of the measured stream of one direction, by the
// number in its RTP header.
func every(n int, dropOut bool) func(Way, bool, []byte) bool {
	count := 0
	return func(_ Way, out bool, packet []byte) bool {
		isMedia := len(packet) > 100 && packet[0]>>6 == 2 && packet[1]&0x7f == 111
		if out != dropOut || !isMedia {
			return false
		}
		count++
		return count%n == 0
	}
}

func TestMediaCountsLossByDirection(t *testing.T) {
	for _, tt := range []struct {
		name, lossy, clean string
		out                bool
	}{
		{"up", "webrtc.loss.ratio.up", "webrtc.loss.ratio.down", true},
		{"down", "webrtc.loss.ratio.down", "webrtc.loss.ratio.up", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := newFar(t).config(t)
			cfg.span = 2 * time.Second
			cfg.drop = every(10, tt.out)
			ev, _ := checks.RunOne(t.Context(), plain(cfg), nil)
			if ev.Outcome != report.Measured {
				t.Fatalf("outcome %s, reason %s", ev.Outcome, ev.Reason)
			}
			between(t, ev, tt.lossy, 0.08, 0.12)
			between(t, ev, tt.clean, 0, 0.02)
			between(t, ev, "webrtc.loss.ratio", 0.08, 0.12)
			between(t, ev, "webrtc.mos", 2, 3.6) // Ie,eff of 10 % is 27
		})
	}
}

func TestMediaWithoutFar(t *testing.T) {
	ev, _ := checks.RunOne(t.Context(), NewMedia(Config{}), nil)
	if ev.Outcome != report.Skipped || ev.Reason != "webrtc.media.needs-invite" {
		t.Errorf("outcome %s, reason %s", ev.Outcome, ev.Reason)
	}
}

func TestMediaThatIsNeverEchoed(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	cfg.drop = func(_ Way, _ bool, packet []byte) bool { return packet[0]>>6 == 2 }
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), nil)
	if ev.Reason != "webrtc.echo.silent" || ev.Fault != report.FaultNetwork {
		t.Errorf("reason %s, fault %s", ev.Reason, ev.Fault)
	}
	if _, ok := ev.Metric("webrtc.loss.ratio"); ok {
		t.Error("nothing flowed, and yet there is a loss ratio")
	}
}

// The path dies, the server lives: the network's fault, and no loss ratio.
func TestMediaThatStops(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	cfg.span = 8 * time.Second
	var packets atomic.Int32
	cfg.drop = func(_ Way, _ bool, packet []byte) bool {
		return packet[0]>>6 == 2 && packets.Add(1) > 100 // both directions, one second or less
	}
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), nil)
	if ev.Reason != "webrtc.media.stopped" || ev.Fault != report.FaultNetwork {
		t.Errorf("outcome %s, reason %s, fault %s", ev.Outcome, ev.Reason, ev.Fault)
	}
	between(t, ev, "webrtc.media.stopped.ms", 100, 3000)
	number(t, ev, "webrtc.rtt.ms")
	if _, ok := ev.Metric("webrtc.loss.ratio"); ok {
		t.Error("a stream that broke off has a loss ratio")
	}
	if took := time.Since(begin); took > 7*time.Second {
		t.Errorf("it took %v to notice", took)
	}
}

func TestMediaWhenTheServerDies(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	cfg.span = 8 * time.Second
	var once atomic.Bool
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), func(p checks.Progress) {
		if p.Stage == "call" && p.Fraction > 0.15 && !once.Swap(true) {
			go f.die()
		}
	})
	if ev.Outcome != report.Unavailable || ev.Reason != "webrtc.server.away" || ev.Fault != report.FaultServer {
		t.Errorf("outcome %s, reason %s, fault %s", ev.Outcome, ev.Reason, ev.Fault)
	}
	number(t, ev, "webrtc.media.stopped.ms")
}

func TestMediaStopsWhenTold(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	begin := time.Now()
	ev, _ := checks.RunOne(ctx, NewMedia(cfg), nil)
	if ev.Outcome != report.Canceled || time.Since(begin) > 3*time.Second {
		t.Errorf("outcome %s after %v", ev.Outcome, time.Since(begin))
	}
}

// An observation by a key that is not trusted counts for nothing; the program's
// own figures stand in, and say so.
func TestMediaWithAnUntrustedObservation(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	cfg.span = time.Second
	cfg.Open = func(envelope.Envelope) (report.Observation, error) {
		return report.Observation{}, envelope.ErrSeal
	}
	ev, observed := checks.RunOne(t.Context(), NewMedia(cfg), nil)
	if ev.Outcome != report.Measured || ev.Facts["observation"] != seenUntrusted || ev.Facts[report.UnseenFact] != "server" || len(observed) != 0 {
		t.Errorf("outcome %s, facts %v, %d observations", ev.Outcome, ev.Facts, len(observed))
	}
	if m := number(t, ev, "webrtc.loss.ratio.up"); m.Origin != report.Client || math.Abs(float64(m.Value)) > 0.05 {
		t.Errorf("loss up %+v, want about 0 by the client", m)
	}
}

// Packets that are lost at the very end are missing in the probe's own numbers too.
func TestMediaCountsLossAtTheEnd(t *testing.T) {
	cfg := newFar(t).config(t)
	cfg.span = 2 * time.Second
	isMedia := every(1, true)
	count := 0
	cfg.drop = func(way Way, out bool, packet []byte) bool {
		if way != Direct || !isMedia(way, out, packet) {
			return false
		}
		count++
		return count > 90 && count <= 105 // the measured 100 come after some that warm up
	}
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), nil)
	up := number(t, ev, "webrtc.loss.ratio.up")
	if up.Origin != report.Server || up.Samples != 100 || up.Value < 0.05 || up.Value > 0.16 {
		t.Errorf("%+v %s %s", up, ev.Outcome, ev.Reason)
	}
}
