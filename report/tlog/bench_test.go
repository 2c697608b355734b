package tlog_test

import (
	"testing"

	"linecheck/report/tlog"
)

// BenchmarkCheck verifies one place in a log of 131,000: what the log adds to verifying a report.
func BenchmarkCheck(b *testing.B) {
	const n = 1<<17 - 2 // the place with the longest proof
	var m tlog.Memory
	for i := range int64(n) {
		if _, err := m.Add(id, i, digest(i), salt(i)); err != nil {
			b.Fatal(err)
		}
	}
	e, err := m.Add(id, n, digest(n), salt(n))
	if err != nil {
		b.Fatal(err)
	}
	d := digest(n)
	for b.Loop() {
		if err := tlog.Check(e, d); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(e.Proof)), "hashes")
}
