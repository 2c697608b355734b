package machine

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math"
	"math/cmplx"
	"slices"

	"github.com/go-json-experiment/json"
	"gonum.org/v1/gonum/dsp/fourier"
)

// The kinds of work that a benchmark goes round: what a call and the programs
// beside it ask of a processor.
const (
	integer = iota // sorting numbers: comparing, branching, moving
	float          // fast Fourier transforms
	memory         // reading memory that no usual cache holds
	call           // what a softphone does to each 20 ms of sound, and to its messages
	kinds

	// adding is a chain of additions, each of which waits for the one before: a
	// processor does one a tick of its clock, whatever else it can. It tells the clock.
	adding = kinds
	parts  = kinds + 1
)

// kindNames are the last part of each kind's metric.
func kindNames() [kinds]string { return [kinds]string{"integer", "float", "memory", "call"} }

// How much of each kind one round is. A round is the same work on every computer.
const (
	additions    = 160_000
	sortNumbers  = 4096 // numbers of one sort
	sorts        = 6
	fourierSize  = 1024 // points of one transform
	transforms   = 48
	areaBytes    = 32 << 20 // each of the two areas that are compared
	pieceBytes   = 4 << 20
	frameSamples = 960 // 20 ms at 48 kHz
	frames       = 90  // of a round, with one message
	bands        = 21  // as many as Opus codes the energy of
	payloadBytes = 160 // what 64 kbit/s are in 20 ms
)

// areas are two equal areas of memory, which all workers read and nobody
// writes: together larger than the caches of usual processors, and paid for once.
type areas struct{ a, b []byte }

func newAreas() areas {
	m := areas{a: make([]byte, areaBytes), b: make([]byte, areaBytes)}
	const pattern = 64 << 10
	for i := 0; i < pattern; i += 8 {
		binary.LittleEndian.PutUint64(m.a[i:], uint64(i+1)*0x9e3779b97f4a7c15)
	}
	for filled := pattern; filled < areaBytes; filled *= 2 {
		copy(m.a[filled:], m.a[:filled])
	}
	copy(m.b, m.a)
	return m
}

// worker does the work of one core, on memory of its own but for the areas.
type worker struct {
	areas areas
	at    int // where in the areas the next piece begins

	seed    uint32
	numbers []uint32

	transform *fourier.CmplxFFT
	wave      []complex128
	spectrum  []complex128

	phone phone
	sum   uint64
	// right says that everything came out as it must; the work cannot be left out.
	right bool
}

// phone is the state of one call.
type phone struct {
	transform *fourier.FFT
	sound     []float64
	shaped    []float64
	window    []float64
	spectrum  []complex128
	aead      cipher.AEAD
	nonce     []byte
	payload   []byte
	sealed    []byte
	opened    []byte
	message   message
	text      bytes.Buffer
}

// message is what two programs in a call tell each other about it now and then.
type message struct {
	Type    string       `json:"type"`
	At      float64      `json:"at"`
	Streams [4]streamRow `json:"streams"`
}

type streamRow struct {
	ID       string  `json:"id"`
	Packets  int64   `json:"packets"`
	Lost     int64   `json:"lost"`
	Jitter   float64 `json:"jitter"`
	Level    float64 `json:"level"`
	Codec    string  `json:"codec"`
	Received bool    `json:"received"`
}

// newWorker makes the worker of that number; each reads the areas from another place.
func newWorker(number int, m areas) (*worker, error) {
	w := &worker{
		areas: m, at: number * pieceBytes * 3 % areaBytes,
		seed: uint32(number)*2654435761 | 1, numbers: make([]uint32, sortNumbers),
		transform: fourier.NewCmplxFFT(fourierSize), wave: make([]complex128, fourierSize), spectrum: make([]complex128, fourierSize),
		right: true,
	}
	for i := range w.wave {
		w.wave[i] = complex(math.Sin(float64(i)*0.37), 0)
	}
	return w, w.phone.dial()
}

func (p *phone) dial() error {
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		return err
	}
	if p.aead, err = cipher.NewGCM(block); err != nil {
		return err
	}
	p.nonce = make([]byte, p.aead.NonceSize())
	p.payload = make([]byte, payloadBytes)
	p.transform = fourier.NewFFT(frameSamples)
	p.spectrum = make([]complex128, frameSamples/2+1)
	p.sound, p.shaped, p.window = make([]float64, frameSamples), make([]float64, frameSamples), make([]float64, frameSamples)
	for i := range p.sound {
		x := float64(i) / frameSamples
		p.window[i] = math.Sin(math.Pi * (x + 0.5/frameSamples))
		p.sound[i] = 0.3*math.Sin(2*math.Pi*6*x) + 0.1*math.Sin(2*math.Pi*41*x)
	}
	p.message.Type = "stats"
	for i := range p.message.Streams {
		p.message.Streams[i] = streamRow{ID: "stream", Codec: "audio/opus", Jitter: 0.0031, Received: i%2 == 0}
	}
	return nil
}

// add adds in a chain (the numbers of Fibonacci), without which the next sum is not known.
func add(a uint64) uint64 {
	b := a + 1
	for range additions / 16 {
		a += b
		b += a
		a += b
		b += a
		a += b
		b += a
		a += b
		b += a
		a += b
		b += a
		a += b
		b += a
		a += b
		b += a
		a += b
		b += a
	}
	return b
}

// do does one round's share of a kind of work.
func (w *worker) do(kind int) {
	ok := true
	switch kind {
	case integer:
		for range sorts {
			ok = w.sort() && ok
		}
	case float:
		for range transforms {
			w.spectrum = w.transform.Coefficients(w.spectrum, w.wave)
		}
		ok = !cmplx.IsNaN(w.spectrum[60])
	case adding:
		w.sum = add(w.sum)
	case memory:
		ok = bytes.Equal(w.areas.a[w.at:w.at+pieceBytes], w.areas.b[w.at:w.at+pieceBytes])
		w.at = (w.at + pieceBytes) % areaBytes
	case call:
		for i := range frames {
			ok = w.phone.frame(i) && ok
		}
		ok = w.phone.tell() && ok
	}
	w.right = w.right && ok
}

// sort fills the numbers by xorshift (Marsaglia 2003) and sorts them.
func (w *worker) sort() bool {
	for i := range w.numbers {
		w.seed ^= w.seed << 13
		w.seed ^= w.seed >> 17
		w.seed ^= w.seed << 5
		w.numbers[i] = w.seed
	}
	slices.Sort(w.numbers)
	return w.numbers[0] <= w.numbers[sortNumbers-1]
}

// frame takes 20 ms of sound the way that it goes in a call: shaped, transformed,
// its bands' energies and coefficients made small, sealed as SRTP does
// (RFC 7714: AES-128-GCM over the payload, with the header beside it), and opened.
func (p *phone) frame(number int) bool {
	for i, v := range p.sound {
		p.shaped[i] = v * p.window[i]
	}
	p.spectrum = p.transform.Coefficients(p.spectrum, p.shaped)
	const width = (frameSamples / 2) / bands
	for band := range bands {
		energy := 1e-9
		for _, c := range p.spectrum[band*width : (band+1)*width] {
			energy += real(c)*real(c) + imag(c)*imag(c)
		}
		p.payload[band] = byte(int(4*math.Log2(energy)) & 0xff)
		scale := 31 / math.Sqrt(energy)
		for i := range (payloadBytes - bands) / bands {
			p.payload[bands+band*6+i] = byte(int(real(p.spectrum[band*width+i])*scale) & 0x3f)
		}
	}
	var header [12]byte
	binary.BigEndian.PutUint32(header[2:], uint32(number))
	binary.BigEndian.PutUint32(p.nonce[len(p.nonce)-4:], uint32(number))
	p.sealed = p.aead.Seal(p.sealed[:0], p.nonce, p.payload, header[:])
	var err error
	p.opened, err = p.aead.Open(p.opened[:0], p.nonce, p.sealed, header[:])
	return err == nil && bytes.Equal(p.opened, p.payload)
}

// tell writes a message as JSON and reads it back.
func (p *phone) tell() bool {
	p.message.At++
	for i := range p.message.Streams {
		p.message.Streams[i].Packets += frames
	}
	p.text.Reset()
	if json.MarshalWrite(&p.text, &p.message) != nil {
		return false
	}
	var back message
	return json.Unmarshal(p.text.Bytes(), &back) == nil && back == p.message
}
