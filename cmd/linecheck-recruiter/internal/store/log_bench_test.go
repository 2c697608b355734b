package store_test

import (
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// BenchmarkAudit checks a stored log of 1,000 small reports whole: hashes, bundles, seals and proofs.
func BenchmarkAudit(b *testing.B) {
	dir := b.TempDir()
	c := newClerk(b, dir)
	const entries = 1000
	for range entries {
		c.take(b, noon())
	}
	r, err := store.OpenRead(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	s, err := r.Find(b.Context(), tenant)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if a, err := s.Audit(b.Context(), openReceipt, nil); err != nil || a.Reports != entries || len(a.Faults) > 0 {
			b.Fatal(a.Faults, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*entries), "µs/entry")
}
