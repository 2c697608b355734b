package rooms

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// sound is the speed of sound in m/s.
const sound = 343

// Point is a place in a room, in metres from a corner.
type Point [3]float64

// Room is a box with six equal walls.
type Room struct {
	// Size of the room in metres.
	Size Point
	// Reflection is the share of the pressure that a wall throws back, 0 to 1.
	Reflection float64
}

// Response is the impulse response from a source to a microphone by the image
// method (Allen and Berkley, 1979), over so many seconds; each image lies on
// the nearest two samples. 1 is the pressure at one metre in the open.
func (r Room) Response(source, microphone Point, rate int, seconds float64) []float64 {
	h := make([]float64, int(seconds*float64(rate)))
	reach := seconds * sound
	var most [3]int
	for k := range most {
		most[k] = int(math.Ceil(reach / (2 * r.Size[k])))
	}
	for nx := -most[0]; nx <= most[0]; nx++ {
		for ny := -most[1]; ny <= most[1]; ny++ {
			for nz := -most[2]; nz <= most[2]; nz++ {
				r.images(h, source, microphone, [3]int{nx, ny, nz}, rate)
			}
		}
	}
	return h
}

// images adds the eight images of one cell.
func (r Room) images(h []float64, source, microphone Point, cell [3]int, rate int) {
	for mirrored := range 8 {
		var squared float64
		bounces := 0
		for k := range 3 {
			q := mirrored >> k & 1
			d := float64(1-2*q)*source[k] + 2*float64(cell[k])*r.Size[k] - microphone[k]
			squared += d * d
			bounces += abs(cell[k]-q) + abs(cell[k])
		}
		distance := math.Sqrt(squared)
		at := distance / sound * float64(rate)
		i := int(at)
		if i+1 >= len(h) || distance == 0 {
			continue
		}
		gain, part := math.Pow(r.Reflection, float64(bounces))/distance, at-float64(i)
		h[i] += gain * (1 - part)
		h[i+1] += gain * part
	}
}

func abs(n int) int { return max(n, -n) }

// Convolve is x heard through h, as long as x.
func Convolve(x, h []float64) []float64 {
	n := 1
	for n < len(x)+len(h) {
		n *= 2
	}
	fft := fourier.NewFFT(n)
	a, b := make([]float64, n), make([]float64, n)
	copy(a, x)
	copy(b, h)
	ca, cb := fft.Coefficients(nil, a), fft.Coefficients(nil, b)
	for i := range ca {
		ca[i] *= cb[i] / complex(float64(n), 0)
	}
	return fft.Sequence(a, ca)[:len(x)]
}
