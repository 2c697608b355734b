package machine

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"math"
	"math/bits"
	"math/cmplx"
	"slices"
	"sync"
	"time"
)

// The reference of the score, version 1: a processor that does exactly this
// much a second with each kind of work has 1000 points. The numbers are fixed
// and belong to no product; a change of work or numbers is a new Revision.
const (
	refPoints  = 1000.0
	refSeal    = 1.5e9 // bytes of AES-128-GCM
	refHash    = 1.0e9 // bytes of SHA-256
	refSort    = 25e6  // 32-bit integers, sorted 4096 at a time
	refFourier = 60e3  // complex FFTs of 1024 points
)

const (
	// slice is how long one kind of work goes on before the next.
	slice       = 2 * time.Millisecond
	kinds       = 4
	sealBytes   = 16 << 10
	sortNumbers = 4096
	fourierSize = 1024
)

// worker does the work of one core, on memory of its own.
type worker struct {
	aead    cipher.AEAD
	plain   []byte
	sealed  []byte
	nonce   []byte
	digest  [sha256.Size]byte
	seed    uint32
	numbers []uint32
	wave    []complex128
	spun    []complex128
	twiddle []complex128

	units [kinds]float64
	spent [kinds]time.Duration
	// slices is how many slices of work were done.
	slices int
}

func newWorker(seed uint32) (*worker, error) {
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	w := &worker{
		aead: aead, plain: make([]byte, sealBytes), sealed: make([]byte, 0, sealBytes+aead.Overhead()), nonce: make([]byte, aead.NonceSize()),
		seed: seed | 1, numbers: make([]uint32, sortNumbers),
		wave: make([]complex128, fourierSize), spun: make([]complex128, fourierSize), twiddle: make([]complex128, fourierSize/2),
	}
	for i := range w.wave {
		w.wave[i] = complex(math.Sin(float64(i)*0.37), 0)
	}
	for i := range w.twiddle {
		w.twiddle[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/fourierSize)
	}
	return w, nil
}

// do does one piece of the given kind of work and returns how many units it was.
func (w *worker) do(kind int) float64 {
	switch kind {
	case 0:
		w.sealed = w.aead.Seal(w.sealed[:0], w.nonce, w.plain, nil)
		w.plain[0] = w.sealed[0]
		return sealBytes
	case 1:
		w.digest = sha256.Sum256(w.plain)
		w.plain[1] = w.digest[0]
		return sealBytes
	case 2:
		for i := range w.numbers {
			w.seed ^= w.seed << 13
			w.seed ^= w.seed >> 17
			w.seed ^= w.seed << 5
			w.numbers[i] = w.seed
		}
		slices.Sort(w.numbers)
		return sortNumbers
	default:
		w.fourier()
		return 1
	}
}

// fourier transforms the wave: radix 2, decimation in time.
func (w *worker) fourier() {
	shift := 64 - bits.Len(fourierSize-1)
	for i := range w.spun {
		w.spun[bits.Reverse64(uint64(i))>>shift] = w.wave[i]
	}
	for half := 1; half < fourierSize; half *= 2 {
		step := fourierSize / (2 * half)
		for from := 0; from < fourierSize; from += 2 * half {
			for k := range half {
				a, b := w.spun[from+k], w.spun[from+half+k]*w.twiddle[k*step]
				w.spun[from+k], w.spun[from+half+k] = a+b, a-b
			}
		}
	}
}

// work goes round the kinds until ctx ends.
func (w *worker) work(ctx context.Context) {
	for kind := 0; ctx.Err() == nil; kind = (kind + 1) % kinds {
		begin := time.Now()
		var took time.Duration
		for took < slice {
			w.units[kind] += w.do(kind)
			took = time.Since(begin)
		}
		w.spent[kind] += took
		w.slices++
	}
}

// points is the geometric mean of the four speeds against the reference; 0
// where a kind of work had no turn.
func (w *worker) points() float64 {
	reference := [kinds]float64{refSeal, refHash, refSort, refFourier}
	product := 1.0
	for i, ref := range reference {
		if w.spent[i] <= 0 {
			return 0
		}
		product *= w.units[i] / w.spent[i].Seconds() / ref
	}
	return refPoints * math.Pow(product, 1.0/kinds)
}

// bench lets that many workers work at the same time and sums their points.
// slices is how many slices of work the score rests on.
func bench(ctx context.Context, workers int, length time.Duration) (points float64, slices int, err error) {
	all, err := crew(workers)
	if err != nil {
		return 0, 0, err
	}
	timed, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	all.run(timed)
	for _, w := range all {
		points += w.points()
		slices += w.slices
	}
	return points, slices, ctx.Err()
}

// gang is workers that work at the same time.
type gang []*worker

func crew(n int) (gang, error) {
	var all gang
	for i := range n {
		w, err := newWorker(uint32(i) * 2654435761)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// run works until ctx ends.
func (g gang) run(ctx context.Context) {
	var done sync.WaitGroup
	for _, w := range g {
		done.Go(func() { w.work(ctx) })
	}
	done.Wait()
}
