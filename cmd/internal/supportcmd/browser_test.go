package supportcmd

import (
	"strings"
	"testing"

	"linecheck/report"
	"linecheck/report/strict"
)

func evidenceOf(check string, metrics ...report.Metric) report.Evidence {
	return report.Evidence{Check: check, Outcome: report.Measured, Metrics: metrics}
}

func TestBrowserLink(t *testing.T) {
	loss := []report.Metric{
		{Key: "webrtc.loss.ratio", Value: 0.1, Samples: 750}, {Key: "webrtc.loss.ratio.up", Value: 0.1, Samples: 750}, {Key: "webrtc.loss.ratio.down", Value: 0.05, Samples: 675},
	}
	rtt := report.Metric{Key: "webrtc.rtt.ms", Value: 31.24, Samples: 700}
	failed := evidenceOf("webrtc.media")
	failed.Outcome = report.Unavailable
	for name, c := range map[string]struct {
		evidence []report.Evidence
		want     string
	}{
		"nothing":           {nil, ""},
		"no call":           {[]report.Evidence{evidenceOf("machine.memory")}, ""},
		"a call that fails": {[]report.Evidence{failed}, ""},
		"connected":         {[]report.Evidence{evidenceOf("webrtc.connect"), failed}, "https://a.example/webrtc#token=ab"},
		"there and back":    {[]report.Evidence{evidenceOf("webrtc.media", append(loss, rtt)...)}, "https://a.example/webrtc#loss=0.14500&n=750&rtt=31.2&token=ab"},
		"one direction":     {[]report.Evidence{evidenceOf("webrtc.media", loss[0])}, "https://a.example/webrtc#loss=0.10000&n=750&token=ab"},
	} {
		if got := browserLink("https://a.example", "ab", c.evidence); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// The link holds the session's token: it is in the text for the person, and in no JSON.
func TestLinkIsForThePersonAlone(t *testing.T) {
	a := answer{Verdict: report.Inconclusive, Browser: "https://a.example/webrtc#token=ab"}
	data, err := strict.Encode(a)
	if err != nil || strings.Contains(string(data), "token") {
		t.Errorf("%s, %v", data, err)
	}
	var out strings.Builder
	typist, _ := typing(t, "")
	typist.show.out = &out
	if err := typist.show.result(a); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; !strings.HasSuffix(last, ": "+a.Browser) {
		t.Errorf("the last line is %q", last)
	}
}
