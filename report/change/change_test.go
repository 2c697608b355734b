package change_test

import (
	"fmt"
	"testing"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/change"
	"linecheck/report/policy"
)

func evidence(check string, facts map[string]string, metrics ...report.Metric) report.Evidence {
	return report.Evidence{Check: check, Revision: 1, Outcome: report.Measured, Facts: facts, Metrics: metrics}
}

func m(key, unit string, v float64) report.Metric {
	return report.Metric{Key: key, Unit: unit, Value: report.Number(v), Origin: report.Client}
}

func between(t *testing.T, a, b []report.Evidence) []string {
	t.Helper()
	text, err := assets.Policy("self-check")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range change.Between(a, b, p) {
		out = append(out, fmt.Sprintf("%s %s %s %s>%s", c.Kind, c.Check, c.Key, c.Before, c.After))
	}
	return out
}

// What two runs on one quiet line differ by is no change; what a person would feel is.
func TestBetween(t *testing.T) {
	before := []report.Evidence{
		evidence("internet.speed", map[string]string{"steady.download": "yes"}, m("internet.download.mbps", "Mbit/s", 50), m("internet.latency.idle.ms", "ms", 20), m("internet.loss.ratio", "ratio", 0)),
		evidence("network.path", map[string]string{"link": "cable", "dns": "works"}),
		evidence("machine.memory", nil, m("machine.disk.free.bytes", "bytes", 50e9)),
	}
	after := []report.Evidence{
		evidence("network.path", map[string]string{"link": "wifi", "dns": "works"}),
		evidence("internet.speed", map[string]string{"steady.download": "yes"}, m("internet.download.mbps", "Mbit/s", 6), m("internet.latency.idle.ms", "ms", 22), m("internet.loss.ratio", "ratio", 0.08)),
		{Check: "webrtc.connect", Revision: 1, Outcome: report.Unavailable, Reason: "webrtc.timeout", Fault: report.FaultNetwork},
	}
	want := []string{
		"finding internet.speed internet.download.slow >failure",
		"finding internet.speed internet.loss.high >failure",
		"finding webrtc.connect webrtc.timeout >unknown",
		"fact network.path link cable>wifi",
		"number internet.speed internet.download.mbps 50>6",
		"number internet.speed internet.loss.ratio 0>0.08",
		"outcome webrtc.connect  >webrtc.timeout",
		"outcome machine.memory  measured>",
	}
	got := between(t, before, after)
	have := map[string]bool{}
	for _, g := range got {
		have[g] = true
	}
	for _, w := range want {
		if !have[w] {
			t.Errorf("%q is not told", w)
		}
		delete(have, w)
	}
	for g := range have {
		if g[:7] != "finding" {
			t.Errorf("%q is told", g)
		}
	}
	if again := between(t, before, before); len(again) > 0 {
		t.Errorf("the same twice: %v", again)
	}
	other := evidence("internet.speed", nil, m("internet.download.mbps", "Mbit/s", 5))
	other.Revision = 2
	if got := between(t, before[:1], []report.Evidence{other}); len(got) == 0 || got[len(got)-1] != "method internet.speed  >" {
		t.Errorf("another method: %v", got)
	}
}
