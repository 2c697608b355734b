package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Listening is what somebody hears with, as far as an echo tells.
type Listening string

// What somebody hears with.
const (
	Headphones       Listening = "headphones"
	Speakers         Listening = "speakers"
	UnknownListening Listening = "unknown"
)

// State says whether an echo was found.
type State string

// The states.
const (
	Found      State = "found"
	None       State = "none"
	CannotTell State = "cannot-tell"
)

// Why there is no clear answer.
const (
	// WhyZeros: the microphone gave exact zeros: it is muted, or may not be used.
	WhyZeros = "zeros"
	// WhyNoise: the room was too loud to hear an echo that matters.
	WhyNoise = "noise"
	// WhyTalk: something moved like a voice, which can look like an echo.
	WhyTalk = "talk"
	// WhySlip: the two sweeps came back at different times: sound was lost on the way.
	WhySlip = "slip"
	// WhyWeak: there is an echo, too weak for speakers as they are used and too strong for most headphones.
	WhyWeak = "weak"
	// WhyShort: the recording is too short.
	WhyShort = "short"
)

// Echo is what a recording of the probe holds.
type Echo struct {
	Listening Listening
	State     State
	// Why is one of the Why constants where State is CannotTell, or where Listening is unknown; else empty.
	Why string
	// Gain is the echo's amplitude relative to what was played, in dB; only where State is Found.
	Gain float64
	// Score is how far the best match stands over the usual one, in dB.
	Score float64
	// Floor is the weakest echo in dB that would have been found.
	Floor float64
	// Lag is how much later than in the probe the sweeps are, in seconds; only where State is Found.
	Lag float64
}

// The bounds of the answer. The first two were measured with virtual cards and
// simulated rooms; the two gains are assumptions that no real device has confirmed yet.
const (
	// leastScore is what an echo must reach: steady noise without any reached 10.5, babble 12.6.
	leastScore = 13
	// talkScore is what it must reach while somebody talks: one voice alone reached 19.8.
	talkScore = 22
	// aloneScore is what each sweep must reach for itself to count alone: noise reached 13.9.
	aloneScore = 16
	// sameLag is how far apart the two sweeps may be to count as at the same lag, in seconds: half
	// the width of a peak.
	sameLag = 0.00015
	// mostApart is how far the two sweeps' lags may differ, in seconds.
	mostApart = 0.03
	// speakersGain is the weakest echo of speakers: to say "headphones", the floor must be below it.
	speakersGain = -50
	// leakGain: under this it is what leaks out of headphones.
	leakGain = -60
	// earliest and latest bound the lag that is searched, in seconds.
	earliest, latest = -0.3, 0.75
	// talkSpread and talkLevel: the room moves like a voice when its frames' levels range over
	// so many dB and reach so many dBFS.
	talkSpread, talkLevel = 10, -55
)

// FindEcho looks for the probe of [Probe] in a recording made while it was played. Both
// began at about the same time. It is a matched filter for each sweep, and what
// counts is where both answer at the same lag.
func FindEcho(recording []float32, rate int) Echo {
	e := Echo{Listening: UnknownListening, State: CannotTell}
	upAt, downAt := onsets()
	up, okUp := match(recording, rate, upAt, sweep(rate, lowHz, highHz))
	down, okDown := match(recording, rate, downAt, sweep(rate, highHz, lowHz))
	switch {
	case !okUp || !okDown:
		e.Why = WhyShort
		return e
	case Zeros(recording) > 0.5:
		e.Why = WhyZeros
		return e
	}
	both := together(up, down, rate)
	e.Score, e.Floor = both.score(), both.median+leastScore
	agree := math.Abs(up.lag-down.lag) <= mostApart
	alone := up.score() >= aloneScore && down.score() >= aloneScore
	talk := talking(recording, rate)
	switch {
	case talk && (e.Score >= leastScore || alone) && e.Score < talkScore:
		e.Why = WhyTalk
		return e
	case alone && !agree:
		e.Why = WhySlip
		return e
	case alone: // also where a few samples were lost between the two
		e.Gain, e.Lag = (up.peak+down.peak)/2, (up.lag+down.lag)/2
	case e.Score >= leastScore:
		e.Gain, e.Lag = both.peak, both.lag
	default:
		return e.none(talk)
	}
	e.State = Found
	switch {
	case e.Gain >= speakersGain:
		e.Listening = Speakers
	case e.Gain >= leakGain:
		e.Why = WhyWeak
	default:
		e.Listening = Headphones
	}
	return e
}

// none is the answer where no echo was found: headphones, if one that matters would have been.
func (e Echo) none(talk bool) Echo {
	switch {
	case e.Floor <= speakersGain:
		e.State, e.Listening = None, Headphones
	case talk:
		e.Why = WhyTalk
	default:
		e.Why = WhyNoise
	}
	return e
}

// matched is the outcome of one matched filter, in dB relative to what was played.
type matched struct {
	peak, median, lag float64
	// envelope is that of the filter, at each lag from earliest on; 1 is a gain of 0 dB.
	envelope []float64
}

func (m matched) score() float64 { return m.peak - m.median }

// match slides a sweep, which was played at the time at, over the recording. ok is
// false where the recording does not hold the search.
func match(x []float32, rate int, at float64, reference []float64) (m matched, ok bool) {
	r := float64(rate)
	first := int((at + earliest) * r)
	lags := int((latest - earliest) * r)
	size := lags + len(reference)
	if first < 0 || first+size > len(x) || size == 0 {
		return m, false
	}
	m = matched{envelope: correlate(x[first:first+size], reference)[:lags]}
	var energy float64
	for _, v := range reference {
		energy += v * v
	}
	for i := range m.envelope {
		m.envelope[i] /= energy
	}
	m.measure(rate)
	return m, true
}

// measure finds the peak and the median of the envelope.
func (m *matched) measure(rate int) {
	best := 0
	for i, v := range m.envelope {
		if v > m.envelope[best] {
			best = i
		}
	}
	const silence = 1e-7 // -140 dB: digital silence has no median to divide by
	m.lag = earliest + float64(best)/float64(rate)
	m.peak = 20 * math.Log10(max(m.envelope[best], silence))
	sorted := slices.Sorted(slices.Values(m.envelope))
	m.median = 20 * math.Log10(max(sorted[len(sorted)/2], silence))
}

// together is what both filters saw at the same lag: the geometric mean. Noise peaks
// at some lag in each, but seldom at the same.
func together(a, b matched, rate int) matched {
	w := int(math.Ceil(sameLag * float64(rate)))
	m := matched{envelope: make([]float64, len(a.envelope))}
	for i := range m.envelope {
		near := slices.Max(b.envelope[max(0, i-w):min(len(b.envelope), i+w+1)])
		m.envelope[i] = math.Sqrt(a.envelope[i] * near)
	}
	m.measure(rate)
	return m
}

// correlate is the envelope of the correlation of x with the reference at each lag from 0.
func correlate(x []float32, reference []float64) []float64 {
	n := 1
	for n < len(x)+len(reference) {
		n *= 2
	}
	fft := fourier.NewCmplxFFT(n)
	a, b := make([]complex128, n), make([]complex128, n)
	for i, v := range x {
		a[i] = complex(float64(v), 0)
	}
	for i, v := range reference {
		b[i] = complex(v, 0)
	}
	fft.Coefficients(a, a)
	fft.Coefficients(b, b)
	for i := range a { // the positive frequencies alone, twice: the analytic signal
		if i == 0 || i > n/2 {
			a[i] = 0
			continue
		}
		c := b[i]
		a[i] *= 2 * complex(real(c), -imag(c))
	}
	fft.Sequence(a, a)
	out := make([]float64, len(x))
	for i := range out {
		c := a[i]
		out[i] = math.Hypot(real(c), imag(c)) / float64(n)
	}
	return out
}
