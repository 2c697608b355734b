package audio

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"unicode"

	"github.com/mewkiz/flac"

	"linecheck/checks/audio/analysis"
)

const (
	// perSide is how many digits each side plays: one guess in a hundred is right.
	perSide = 2
	// comfortable is the digits' active speech level in dBFS: that of a voice in a call.
	comfortable = -26
	// The silences before and after, between two digits, and between the sides, in seconds.
	edgeTime, betweenTime, sideTime = 0.3, 0.25, 0.7
)

// draw are the digits of one attempt, different on each side, in the order in
// which they are played. The same seed and attempt draw the same: SHA-256 of both
// seeds ChaCha8, whose permutation of the ten digits begins with them.
func draw(seed []byte, attempt int) (left, right [perSide]int) {
	r := rand.New(rand.NewChaCha8(sha256.Sum256(binary.BigEndian.AppendUint32(append([]byte(nil), seed...), uint32(attempt)))))
	all := r.Perm(10)
	copy(left[:], all)
	copy(right[:], all[perSide:])
	return left, right
}

// speech are the ten digits in one language, spoken.
type speech struct {
	rate   int
	digits [10][]float32
}

// readSpeech reads 0.flac to 9.flac.
func readSpeech(from fs.FS) (s speech, err error) {
	for d := range s.digits {
		f, err := from.Open(fmt.Sprintf("%d.flac", d))
		if err != nil {
			return s, err
		}
		samples, rate, err := readFLAC(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return s, fmt.Errorf("digit %d: %w", d, err)
		}
		if s.rate != 0 && rate != s.rate {
			return s, fmt.Errorf("digit %d has %d Hz, the others %d", d, rate, s.rate)
		}
		if a, ok := analysis.ActiveLevel(samples, rate, math.Inf(-1)); ok {
			gain := float32(math.Pow(10, (comfortable-a.Level)/20))
			for i := range samples {
				samples[i] *= gain
			}
		}
		s.rate, s.digits[d] = rate, samples
	}
	return s, nil
}

// readFLAC reads the first channel of a FLAC file; 1 is full scale.
func readFLAC(r io.Reader) (samples []float32, rate int, err error) {
	stream, err := flac.New(r)
	if err != nil {
		return nil, 0, err
	}
	scale := float32(int64(1) << (stream.Info.BitsPerSample - 1))
	for {
		frame, err := stream.ParseNext()
		if errors.Is(err, io.EOF) {
			return samples, int(stream.Info.SampleRate), nil
		}
		if err != nil {
			return nil, 0, err
		}
		for _, v := range frame.Subframes[0].Samples {
			samples = append(samples, float32(v)/scale)
		}
	}
}

// say is the sound of digits on the left and then others on the right, at that rate: stereo, interleaved.
func (s speech) say(left, right [perSide]int, rate int) []float32 {
	var out []float32
	silence := func(seconds float64) { out = append(out, make([]float32, 2*int(seconds*float64(rate)))...) }
	side := func(digits [perSide]int, channel int) {
		for i, d := range digits {
			if i > 0 {
				silence(betweenTime)
			}
			for _, v := range analysis.Resample(s.digits[d], s.rate, rate) {
				both := [2]float32{}
				both[channel] = v
				out = append(out, both[:]...)
			}
		}
	}
	silence(edgeTime)
	side(left, 0)
	silence(sideTime)
	side(right, 1)
	silence(edgeTime)
	return out
}

// typed are the digits in what somebody typed, in any script; other characters do not count.
func typed(text string) (digits []int) {
	for _, c := range text {
		if !unicode.Is(unicode.Nd, c) {
			continue
		}
		n := 0 // a script's digits follow one another from its zero
		for n < 9 && unicode.Is(unicode.Nd, c-rune(n)-1) {
			n++
		}
		digits = append(digits, n)
	}
	return digits
}
