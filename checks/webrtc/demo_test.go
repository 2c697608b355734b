package webrtc

import (
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// Both checks one after the other, as in a real run, take less than half a minute.
func TestBothChecksAtFullLength(t *testing.T) {
	if testing.Short() {
		t.Skip("takes twenty seconds")
	}
	t.Parallel()
	cfg := newFarWith(t, func(c *probeConfig) { c.MediaAddr = ":0" }, nil).config(t)
	cfg.Memory = new(Memory)
	begin := time.Now()
	connect, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
	call, _ := checks.RunOne(t.Context(), NewMedia(cfg), nil)
	took := time.Since(begin)
	if connect.Outcome != report.Measured || call.Outcome != report.Measured {
		t.Fatalf("outcomes %s (%s), %s (%s)", connect.Outcome, connect.Reason, call.Outcome, call.Reason)
	}
	if took > 30*time.Second {
		t.Errorf("both took %v", took)
	}
	for key, want := range map[string]string{"reconnect": wayOpen, "fallback": wayOpen, "trouble": noTrouble} {
		if call.Facts[key] != want {
			t.Errorf("%s is %q", key, call.Facts[key])
		}
	}
	between(t, call, "webrtc.reconnect.ms", 0.1, 2000)
	between(t, call, "webrtc.fallback.loss.ratio", 0, 0.02)
	if m := number(t, call, "webrtc.fallback.rtt.ms"); m.Samples < 140 || m.Samples > 150 {
		t.Errorf("%d of 150 packets came back over TLS", m.Samples)
	}
	// 10 a second, while speech flows and while the line is full.
	if m := number(t, call, "webrtc.rtt.datachannel.ms"); m.Samples < 145 || m.Samples > 190 {
		t.Errorf("%d pings came back", m.Samples)
	}
	if m := number(t, call, "webrtc.rtt.ms"); m.Samples < 742 {
		t.Errorf("%d of 750 packets came back", m.Samples)
	}
	for _, ev := range []report.Evidence{connect, call} {
		for _, m := range ev.Metrics {
			t.Logf("%-36s %10s %-6s %s of %d", m.Key, m.Value, m.Unit, m.Origin, m.Samples)
		}
		t.Log(ev.Facts)
	}
	t.Logf("both took %v", took.Round(time.Millisecond))
}
