package supportcmd

import (
	"net/url"
	"slices"
	"strconv"

	"linecheck/report"
	"linecheck/report/exchange"
)

// browserLink leads to the server's page that makes the same call in a browser. The
// session's token and the figures to compare with stand in the fragment, which
// browsers send to nobody. It is empty where no call was measured.
func browserLink(origin, token string, evidence []report.Evidence) string {
	tried := func(e report.Evidence) bool {
		return (e.Check == "webrtc.connect" || e.Check == "webrtc.media") && e.Outcome == report.Measured
	}
	if !slices.ContainsFunc(evidence, tried) {
		return ""
	}
	values := url.Values{"token": {token}}
	set := func(key string, v float64, digits int) { values.Set(key, strconv.FormatFloat(v, 'f', digits, 64)) }
	if i := slices.IndexFunc(evidence, func(e report.Evidence) bool { return e.Check == "webrtc.media" }); i >= 0 {
		if m, ok := evidence[i].Metric("webrtc.rtt.ms"); ok {
			set("rtt", float64(m.Value), 1)
		}
		if m, ok := evidence[i].Metric("webrtc.loss.ratio"); ok {
			set("loss", thereAndBack(evidence[i], float64(m.Value)), 5)
			set("n", float64(m.Samples), 0)
		}
	}
	return origin + exchange.CallPage + "#" + values.Encode()
}

// thereAndBack is the share lost of what goes there and comes back, as the page
// measures it; the worse direction's where only that is known.
func thereAndBack(e report.Evidence, worse float64) float64 {
	up, okUp := e.Metric("webrtc.loss.ratio.up")
	down, okDown := e.Metric("webrtc.loss.ratio.down")
	if !okUp || !okDown {
		return worse
	}
	return 1 - (1-float64(up.Value))*(1-float64(down.Value))
}
