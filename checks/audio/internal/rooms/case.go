package rooms

import (
	"fmt"
	"math"
	"math/rand/v2"

	"linecheck/checks/audio/virtual"
)

// Noise is a kind of noise in a room.
type Noise string

// The kinds.
const (
	White  Noise = "white"
	Babble Noise = "babble" // six voices at once
	Hum    Noise = "hum"    // the mains and its harmonics, over a little hiss
)

// Case is one recording of the probe.
type Case struct {
	// Coupling is the gain in dB from what is played to what is recorded, by the strongest
	// reflection-free path and those within 2 ms of it; negative infinity where nothing is heard.
	Coupling float64
	// Rate of the recording in Hz.
	Rate int
	Room Room
	// Distance from loudspeaker to microphone in metres.
	Distance float64
	Noise    Noise
	// NoiseLevel is its RMS in dBFS.
	NoiseLevel float64
	// Drift is by how many parts in a million the microphone's clock is faster.
	Drift float64
	// Gain and Suppress say that the system controls gain and suppresses noise.
	Gain, Suppress bool
	// Late is how many seconds the recording is late.
	Late float64
	Seed uint64
}

// String is what the case is, on one line.
func (c Case) String() string {
	return fmt.Sprintf("coupling %.0f dB, %d Hz, %.1f m, %s %.0f dBFS, drift %.0f ppm, gain control %v, suppression %v, %.2f s late, seed %d",
		c.Coupling, c.Rate, c.Distance, c.Noise, c.NoiseLevel, c.Drift, c.Gain, c.Suppress, c.Late, c.Seed)
}

// responseTime is how long a response is followed, in seconds.
const responseTime = 0.12

// Record is what the microphone records while probe, stereo at the case's rate, is played.
func (c Case) Record(probe []float32) []float32 {
	n := len(probe) / 2
	x := make([]float64, n)
	late := int(c.Late * float64(c.Rate))
	for i := late; i < n; i++ {
		x[i] = float64(probe[2*(i-late)])
	}
	if math.IsInf(c.Coupling, -1) {
		clear(x)
	} else {
		x = Convolve(x, c.response())
	}
	for i, v := range c.noise(n) {
		x[i] += v
	}
	if c.Suppress {
		x = SuppressNoise(x, c.Rate, 15)
	}
	if c.Gain {
		x = GainControl(x, c.Rate, -24, 12)
	}
	x = Drift(x, c.Drift)
	out := make([]float32, n)
	for i, v := range x {
		out[i] = float32(math.Round(max(-1, min(1, v))*32767) / 32767)
	}
	return out
}

// response is the way through the room with the case's coupling.
func (c Case) response() []float64 {
	r := rand.New(rand.NewPCG(c.Seed, 1))
	s := c.Room.Size
	source := Point{s[0] * (0.3 + 0.3*r.Float64()), s[1] * (0.3 + 0.3*r.Float64()), 0.8}
	angle := 2 * math.Pi * r.Float64()
	microphone := Point{source[0] + c.Distance*math.Cos(angle), source[1] + c.Distance*math.Sin(angle), source[2] + 0.1*c.Distance}
	h := c.Room.Response(source, microphone, c.Rate, responseTime)
	direct := int(c.Distance / sound * float64(c.Rate))
	var strength float64
	for _, v := range h[max(0, direct-1):min(len(h), direct+c.Rate/500)] {
		strength += v * v
	}
	gain := math.Pow(10, c.Coupling/20) / math.Sqrt(strength)
	for i := range h {
		h[i] *= gain
	}
	return h
}

func (c Case) noise(n int) []float64 {
	seconds := float64(n)/float64(c.Rate) + 0.01
	var x []float64
	switch c.Noise {
	case Babble:
		x = make([]float64, n)
		r := rand.New(rand.NewPCG(c.Seed, 2))
		voice := virtual.Speech(c.Rate, 12, -26).Samples
		for range 6 {
			from := r.IntN(len(voice))
			for i := range x {
				x[i] += voice[(from+i)%len(voice)]
			}
		}
	case Hum:
		x = virtual.Noise(c.Rate, seconds, -30, c.Seed).Samples
		for i := range n {
			at := 2 * math.Pi * 50 * float64(i) / float64(c.Rate)
			for h := 1.0; h <= 15; h++ {
				x[i] += math.Sin(h*at+h) / h
			}
		}
	default:
		x = virtual.Noise(c.Rate, seconds, -20, c.Seed).Samples
	}
	x = x[:n]
	gain := math.Pow(10, (c.NoiseLevel-level(x))/20)
	for i := range x {
		x[i] *= gain
	}
	return x
}

// Cases are n cases, always the same: half of them loudspeakers with couplings of -12
// to -45 dB, half headphones that leak -66 dB or less, or nothing.
func Cases(n int) []Case {
	var all []Case
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 77))
		c := Case{Seed: uint64(i) + 1, Rate: []int{16000, 48000, 16000, 44100}[i/2%4],
			Room:       Room{Size: Point{2.5 + 4*r.Float64(), 2.5 + 3*r.Float64(), 2.3 + r.Float64()}, Reflection: 0.4 + 0.5*r.Float64()},
			Noise:      []Noise{White, Babble, Hum}[r.IntN(3)],
			NoiseLevel: -70 + 5*float64(r.IntN(9)),
			Drift:      200*r.Float64() - 100, Gain: r.IntN(4) == 0, Suppress: r.IntN(4) == 0, Late: 0.02 + 0.35*r.Float64()}
		if i%2 == 0 {
			c.Coupling, c.Distance = -12-33*r.Float64(), 0.1+1.4*r.Float64()*r.Float64()
		} else if c.Coupling, c.Distance = -66-30*r.Float64(), 0.1+0.1*r.Float64(); r.IntN(3) == 0 {
			c.Coupling = math.Inf(-1)
		}
		all = append(all, c)
	}
	return all
}
