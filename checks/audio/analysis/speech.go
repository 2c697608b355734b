package analysis

import "math"

const (
	// framesPerSecond: frames of 20 ms, a fraction of a syllable.
	framesPerSecond = 50
	// frameOverNoise is how far above the noise a frame must be to count as speech.
	frameOverNoise = 9
	// quietest is the lowest level of speech where the noise is not known, in dBFS.
	quietest = -90
	// leastActive is how many frames of speech it takes to call it that: half a second.
	leastActive = 25
	// leastSpread is the least standard deviation of the active frames' levels in dB. Syllables
	// give 4 to 10, a fan or a hiss under 1.
	leastSpread = 3
)

// FrameSize is the number of samples in one frame of [Speech] at that rate in Hz.
func FrameSize(rate int) int { return rate / framesPerSecond }

// Speech is where and how loud somebody spoke.
type Speech struct {
	// Level is the mean power of the active frames, in dBFS.
	Level float64
	// Active says for each 20 ms of the recording whether somebody spoke.
	Active []bool
	// Frames is how many of them are active.
	Frames int
	// Voice is how much of that is like a voice.
	Voice Voice
}

// ActiveSpeech finds the speech in a recording. noise is the level of the room's
// noise in dBFS, negative infinity where it is unknown. A frame of 20 ms is active when
// it is at least 9 dB over the noise and not more than 15.9 dB under the level of
// all active frames, which is found by repetition. ok is false where less than
// half a second is active, or where neither the level moves as syllables move it nor
// a voice is in it, as in noise that hides the softer parts.
func ActiveSpeech(x []float32, rate int, noise float64) (s Speech, ok bool) {
	levels := Levels(x, FrameSize(rate))
	lowest := max(noise+frameOverNoise, quietest)
	threshold := lowest
	for range 20 {
		s = activeOver(levels, threshold)
		next := max(lowest, s.Level-margin)
		if s.Frames == 0 || math.Abs(next-threshold) < 0.01 {
			break
		}
		threshold = next
	}
	s.Voice = voiceOf(x, rate, s)
	return s, s.Frames >= leastActive && (spread(levels, s.Active) >= leastSpread || s.Voice.IsVoice())
}

func activeOver(levels []float64, threshold float64) Speech {
	s := Speech{Active: make([]bool, len(levels))}
	var sum float64
	for i, l := range levels {
		if l >= threshold {
			s.Active[i] = true
			s.Frames++
			sum += linear(l)
		}
	}
	s.Level = decibel(sum / float64(max(s.Frames, 1)))
	return s
}

// spread is the standard deviation of the active levels in dB.
func spread(levels []float64, active []bool) float64 {
	var n, sum, squares float64
	for i, l := range levels {
		if active[i] {
			n++
			sum += l
			squares += l * l
		}
	}
	if n == 0 {
		return 0
	}
	return math.Sqrt(max(0, squares/n-(sum/n)*(sum/n)))
}
