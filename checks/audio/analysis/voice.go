package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The method is Boersma's (1993): the autocorrelation of a windowed piece, divided
// by that of the window; without its path finder, which a share of many pieces does not need.
const (
	// lowestPitch and highestPitch bound a voice's pitch in Hz, voiceTop what is looked at.
	lowestPitch, highestPitch, voiceTop = 60.0, 450.0, 1500.0
	// pieceTime is three periods of the lowest pitch, in seconds.
	pieceTime = 0.05
	// harmonic is the autocorrelation from which on a piece is voiced.
	harmonic = 0.7
	// Of the active pieces so many are voiced at least, in at least so many pieces.
	leastVoiced, fewestVoiced = 0.2, 15
	// leastMelody is by how much a voice's pitch moves, from its 10 % to its 90 % quantile, in semitones.
	leastMelody = 0.4
)

// Voice is how much of what was loud is like a voice.
type Voice struct {
	// Voiced is the share of the active pieces with a pitch between 60 and 450 Hz, 0 to 1.
	Voiced float64
	// Melody is how far the pitch moves, in semitones.
	Melody float64
	// Pieces is how many active pieces were looked at.
	Pieces int
}

// IsVoice says whether it is one: pitch in enough of it, and moving.
func (v Voice) IsVoice() bool {
	return v.Voiced >= leastVoiced && v.Melody >= leastMelody &&
		v.Voiced*float64(v.Pieces) >= fewestVoiced
}

// voiceOf looks at the active frames of a recording.
func voiceOf(x []float32, rate int, s Speech) (v Voice) {
	p := newPitcher(rate)
	if p == nil {
		return v
	}
	var pitches []float64
	frame := FrameSize(rate)
	for f, active := range s.Active {
		if !active || f*frame+p.size > len(x) {
			continue
		}
		v.Pieces++
		if hz, strength := p.pitch(x[f*frame : f*frame+p.size]); strength >= harmonic {
			pitches = append(pitches, hz)
		}
	}
	if len(pitches) == 0 {
		return v
	}
	v.Voiced = float64(len(pitches)) / float64(v.Pieces)
	slices.Sort(pitches)
	at := func(q float64) float64 { return pitches[int(q*float64(len(pitches)-1))] }
	v.Melody = 12 * math.Log2(at(0.9)/at(0.1))
	return v
}

// pitcher finds the pitch of pieces of one size.
type pitcher struct {
	rate, size  int
	fft         *fourier.FFT
	window      []float64
	ofWindow    []float64 // its autocorrelation
	piece       []float64
	lines       []complex128
	correlation []float64
}

func newPitcher(rate int) *pitcher {
	size := int(pieceTime * float64(rate))
	if float64(rate) < 2*voiceTop {
		return nil
	}
	n := 1
	for n < 2*size {
		n *= 2
	}
	p := &pitcher{rate: rate, size: size, fft: fourier.NewFFT(n), window: hann(size), piece: make([]float64, n)}
	copy(p.piece, p.window)
	p.correlate(float64(rate))
	p.ofWindow = slices.Clone(p.correlation)
	return p
}

// correlate makes the autocorrelation of the piece, of its frequencies up to top, 1 at lag 0.
func (p *pitcher) correlate(top float64) {
	p.lines = p.fft.Coefficients(p.lines, p.piece)
	for k, c := range p.lines {
		if float64(k)*float64(p.rate)/float64(len(p.piece)) > top {
			p.lines[k] = 0
			continue
		}
		p.lines[k] = complex(real(c)*real(c)+imag(c)*imag(c), 0)
	}
	p.correlation = p.fft.Sequence(p.correlation, p.lines)
	for i := len(p.correlation) - 1; i >= 0; i-- {
		p.correlation[i] /= max(p.correlation[0], math.SmallestNonzeroFloat64)
	}
}

// pitch is the strongest period of a piece, and how strong it is: 1 is perfectly periodic.
func (p *pitcher) pitch(x []float32) (hz, strength float64) {
	clear(p.piece)
	mean := DC(x)
	for i, v := range x {
		p.piece[i] = (float64(v) - mean) * p.window[i]
	}
	p.correlate(voiceTop)
	shortest, longest := int(float64(p.rate)/highestPitch), int(float64(p.rate)/lowestPitch)
	at := func(lag int) float64 { return p.correlation[lag] / p.ofWindow[lag] }
	for lag := shortest; lag <= longest && lag+1 < len(p.correlation); lag++ {
		v := at(lag)
		if v < at(lag-1) || v < at(lag+1) {
			continue // no peak
		}
		// A multiple of the period is as strong as the period: the shorter one has to win.
		if v -= 0.02 * math.Log2(float64(lag)/float64(shortest)); v > strength {
			hz, strength = float64(p.rate)/float64(lag), v
		}
	}
	return hz, strength
}
