package policy

import (
	"slices"

	"linecheck/report"
)

// wayCheck is the check that looks at the way to the server.
const wayCheck = "network.path"

// way is what was seen of the way to the server.
type way struct{ report.Evidence }

func wayOf(evidence []report.Evidence) (way, bool) {
	i := slices.IndexFunc(evidence, func(e report.Evidence) bool { return e.Check == wayCheck })
	if i < 0 {
		return way{}, false
	}
	return way{evidence[i]}, true
}

// is says whether a fact has one of these values.
func (w way) is(fact string, values ...string) bool { return slices.Contains(values, w.Facts[fact]) }

// atLeast and atMost hold a metric against a bound; a metric that is absent meets none.
func (w way) atLeast(key string, bound float64) bool {
	m, ok := w.Metric(key)
	return ok && float64(m.Value) >= bound
}

func (w way) atMost(key string, bound float64) bool {
	m, ok := w.Metric(key)
	return ok && float64(m.Value) <= bound
}

// reached says whether the server was reached by some family of addresses.
func (w way) reached() bool { return w.is("ipv4", "works") || w.is("ipv6", "works") }

// args fill the blanks of the texts.
func (w way) args() map[string]string {
	if issuer := w.Facts["issuer"]; issuer != "" {
		return map[string]string{"issuer": issuer}
	}
	return map[string]string{"issuer": "?"}
}

// busy are the rates at which other programs' traffic is felt, in Mbit/s: a tenth of
// what is recommended down, and a third of the least upload that policies ask for.
const (
	busyDown = 2.5
	busyUp   = 1
)

// weakSignal is where Wi-Fi falls back to slow and uncertain rates, in dBm; makers of
// access points plan voice for -67 and better. weakQuality is the same as Windows
// scales it: 0 at -100 dBm, 1 at -50.
const (
	weakSignal  = -72
	weakQuality = 0.56
)

// lossyRouter is the share of pings lost on the first step, of twenty: one may be chance.
const lossyRouter = 0.15
