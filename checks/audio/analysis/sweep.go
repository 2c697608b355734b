package analysis

import (
	"math"
	"time"
)

// The probe that is played to find an echo: silence, a rising sweep, silence, a
// falling sweep, silence.
const (
	lowHz, highHz = 400, 3400
	// sweepPeak is the sweeps' amplitude: -12 dBFS, as loud as a voice in a call.
	sweepPeak = 0.25
	// The times in seconds. The gap is as long as an echo may be late.
	leadTime, sweepTime, gapTime = 0.6, 0.5, 0.8
	fadeTime                     = 0.01
)

// ProbeLength is how long the probe of [Probe] is.
const ProbeLength = 3200 * time.Millisecond

// Probe is the sound to play before [FindEcho] at that rate in Hz: stereo, interleaved,
// the same on both sides.
func Probe(rate int) []float32 {
	out := make([]float32, 2*int(ProbeLength.Seconds()*float64(rate)))
	put := func(at float64, sweep []float64) {
		first := int(at * float64(rate))
		for i, v := range sweep {
			out[2*(first+i)], out[2*(first+i)+1] = float32(v), float32(v)
		}
	}
	up, down := onsets()
	put(up, sweep(rate, lowHz, highHz))
	put(down, sweep(rate, highHz, lowHz))
	return out
}

// onsets are when the two sweeps begin, in seconds.
func onsets() (up, down float64) { return leadTime, leadTime + sweepTime + gapTime }

// sweep is a sine whose frequency moves evenly from one to another, faded in and out.
func sweep(rate int, from, to float64) []float64 {
	n := int(sweepTime * float64(rate))
	fade := int(fadeTime * float64(rate))
	out := make([]float64, n)
	for i := range out {
		t := float64(i) / float64(rate)
		phase := 2 * math.Pi * (from*t + (to-from)*t*t/(2*sweepTime))
		edge := min(1, (float64(min(i, n-1-i))+0.5)/float64(fade))
		out[i] = sweepPeak * math.Sin(phase) * (0.5 - 0.5*math.Cos(math.Pi*edge))
	}
	return out
}
