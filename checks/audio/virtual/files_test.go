package virtual_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/audio/virtual"
)

func rms(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return 10 * math.Log10(sum/float64(len(x)))
}

func TestSignals(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		s := virtual.Speech(rate, 5, -26)
		if s.Rate != rate || len(s.Samples) != 5*rate || math.Abs(rms(s.Samples)+26) > 0.01 {
			t.Errorf("%d Hz: %d samples at %v dBFS", rate, len(s.Samples), rms(s.Samples))
		}
		for _, v := range s.Samples {
			if math.Abs(v) >= 1 || math.IsNaN(v) {
				t.Fatalf("%d Hz: a sample of %v", rate, v)
			}
		}
		if diff := cmp.Diff(s, virtual.Speech(rate, 5, -26)); diff != "" {
			t.Error("the voice is not always the same")
		}
	}
	n := virtual.Noise(48000, 2, -40, 1)
	if math.Abs(rms(n.Samples)+40) > 0.1 {
		t.Errorf("noise at %v", rms(n.Samples))
	}
	if cmp.Equal(n, virtual.Noise(48000, 2, -40, 2)) {
		t.Error("another seed gives the same noise")
	}
}

// The voice has the rhythm of speech: syllables and pauses.
func TestSpeechHasARhythm(t *testing.T) {
	const rate = 16000
	s := virtual.Speech(rate, 8, -26)
	var rises, quiet int
	loud := false
	frames := len(s.Samples) / (rate / 100)
	for f := range frames {
		now := rms(s.Samples[f*rate/100:(f+1)*rate/100]) > -30
		if now && !loud {
			rises++
		}
		if rms(s.Samples[f*rate/100:(f+1)*rate/100]) < -60 {
			quiet++
		}
		loud = now
	}
	if perSecond := float64(rises) / 8; perSecond < 2.5 || perSecond > 8 {
		t.Errorf("%.1f syllables a second", perSecond)
	}
	if share := float64(quiet) / float64(frames); share < 0.2 || share > 0.5 {
		t.Errorf("quiet %.2f of the time", share)
	}
}

func TestWAV(t *testing.T) {
	left := []float64{0, 0.5, -0.5, 1, -1, 0.25}
	var both []float64
	for _, v := range left {
		both = append(both, v, 9) // clipped
	}
	s, err := virtual.DecodeWAV(virtual.EncodeWAV(both, 44100, 2))
	if err != nil || s.Rate != 44100 || len(s.Samples) != len(left) {
		t.Fatal(s, err)
	}
	for i, v := range s.Samples {
		if math.Abs(v-left[i]) > 1e-4 {
			t.Errorf("sample %d is %v, was %v", i, v, left[i])
		}
	}
}

func TestDecodeWAVRefuses(t *testing.T) {
	good := virtual.EncodeWAV([]float64{0.1, 0.2}, 8000, 1)
	change := func(at int, b ...byte) []byte {
		out := append([]byte(nil), good...)
		copy(out[at:], b)
		return out
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("this is no sound at all"), "floats": change(20, 3), "24 bits": change(34, 24),
		"no channels": change(22, 0), "no rate": change(24, 0, 0, 0, 0), "no samples": good[:36], "no format": append(append([]byte(nil), good[:12]...), good[36:]...),
	} {
		if _, err := virtual.DecodeWAV(data); !errors.Is(err, virtual.ErrWAV) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecodeWAV: whatever comes, decoding ends and stays within what came.
func FuzzDecodeWAV(f *testing.F) {
	f.Add(virtual.EncodeWAV([]float64{0.1, -0.2, 0.3, 0.4}, 48000, 2))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := virtual.DecodeWAV(data)
		if err == nil && (2*len(s.Samples) > len(data) || s.Rate < 1) {
			t.Fatalf("%d samples at %d Hz from %d bytes", len(s.Samples), s.Rate, len(data))
		}
		for _, v := range s.Samples {
			if math.Abs(v) > 1.0001 {
				t.Fatalf("a sample of %v", v)
			}
		}
	})
}
