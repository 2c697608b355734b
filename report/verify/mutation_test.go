package verify_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"linecheck/report/verify"
)

// A million random mutations of a bundle, in both of its coats: none is
// authentic with another identity, and none that changes a signed byte is authentic at all.
func TestRandomMutations(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 20_000
	}
	x := newTenant(t)
	b := newStory(t, x).tell(t)
	plain, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Armour()
	if err != nil {
		t.Fatal(err)
	}
	trust := x.open(t)
	opt := verify.Options{At: noon().Add(time.Hour)}
	id := digest(t, b.Report)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for range n / workers {
				from := plain
				if r.IntN(4) == 0 {
					from = text
				}
				m := mutate(r, from)
				if bytes.Equal(m, from) {
					continue
				}
				res := verify.Bundle(m, trust, opt)
				if res.Authentic && (res.ReportSHA256 != id || res.Appraisal == nil || res.Report.Evidence[0].Metrics[0].Value != 4.5) {
					t.Errorf("seed %d: authentic with another meaning:\n%s", seed, m)
					return
				}
			}
		})
	}
	wait.Wait()
}

// mutate changes a copy: bits, bytes, pieces cut, doubled, moved, or swapped.
func mutate(r *rand.Rand, data []byte) []byte {
	m := bytes.Clone(data)
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(m)), r.IntN(len(m))
		if i > j {
			i, j = j, i
		}
		switch r.IntN(6) {
		case 0:
			m[i] ^= 1 << r.IntN(8)
		case 1:
			m[i] = byte(r.IntN(256))
		case 2:
			m = append(m[:i:i], m[min(len(m), i+1+r.IntN(8)):]...)
		case 3:
			m = append(m[:i:i], append([]byte{byte(32 + r.IntN(95))}, m[i:]...)...)
		case 4:
			m[i], m[j] = m[j], m[i]
		default:
			piece := bytes.Clone(m[i:min(j, i+200)])
			at := r.IntN(len(m))
			m = append(m[:at:at], append(piece, m[at:]...)...)
		}
		if len(m) == 0 {
			return []byte{'x'}
		}
	}
	return m
}
