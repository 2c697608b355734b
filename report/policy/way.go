package policy

import (
	"slices"

	"linecheck/report"
)

// wayCheck is the check that looks at the way to the server.
const wayCheck = "network.path"

// speedCheck is the check that measures the line to the server.
const speedCheck = "internet.speed"

// way is what was seen of the way to the server.
type way struct {
	report.Evidence
	speed report.Evidence // what was measured of the line; empty where it was not
}

func wayOf(evidence []report.Evidence) (w way, looked bool) {
	for _, e := range evidence {
		switch e.Check {
		case wayCheck:
			w.Evidence, looked = e, true
		case speedCheck:
			w.speed = e
		}
	}
	return w, looked
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

// swings says whether small packets on the idle line take much longer now and then than
// the line itself needs.
func (w way) swings() bool {
	p90, ok := w.speed.Metric("internet.latency.idle.p90.ms")
	least, ok2 := w.speed.Metric("internet.latency.least.ms")
	return ok && ok2 && p90.Value-least.Value >= swingMS && p90.Value >= swingTimes*least.Value
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

// swingMS is what a call has to wait longer for one packet of ten, in ms: twice the
// jitter that call services ask for, and more than a playout buffer's usual 60 ms with
// its own steps. swingTimes keeps lines out that are only long.
const (
	swingMS    = 60
	swingTimes = 2
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
