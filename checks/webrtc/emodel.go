package webrtc

import "math"

// The E-model (ITU-T G.107, narrowband) with the constants of G.711 with packet
// loss concealment (G.113, appendix I). ITU publishes no such constants for Opus
// at this bandwidth; Opus conceals at least as well.
const (
	rClean = 93.2 // R of a connection without delay and loss
	gapIe  = 0.0  // equipment impairment of the codec
	gapBpl = 25.1 // robustness against loss
)

// rating is the transmission rating R for a one-way delay from mouth to ear in
// ms, a ratio of lost packets (0 to 1), and the ratio of the mean length of a
// loss burst to that of random loss (at least 1).
func rating(delayMS, loss, burst float64) float64 {
	return rClean - delayImpairment(delayMS) - lossImpairment(loss, burst)
}

// delayImpairment is Id by the approximation of Cole and Rosenbluth (2001). It
// holds the default echo loss too, and so is the stricter one for long delays.
func delayImpairment(ms float64) float64 {
	return 0.024*ms + 0.11*max(0, ms-177.3)
}

// lossImpairment is Ie,eff of G.107.
func lossImpairment(loss, burst float64) float64 {
	percent := 100 * loss
	return gapIe + (95-gapIe)*percent/(percent/max(1, burst)+gapBpl)
}

// mosOf turns R into a mean opinion score, 1 to 4.5 (G.107, annex B).
func mosOf(r float64) float64 {
	switch {
	case math.IsNaN(r):
		return r
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}
