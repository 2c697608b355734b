package tlog_test

import (
	"testing"

	"linecheck/report"
	"linecheck/report/strict"
	"linecheck/report/tlog"
)

// Of all places that can be decoded, one log proves a report at its own place and no other.
func FuzzCheck(f *testing.F) {
	_, list := grown(f, 21)
	for _, n := range []int64{0, 6, 20} {
		data, err := strict.Encode(list[n])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"id":"","index":0,"size":9223372036854775807,"root":"","salt":"","proof":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e report.LogEntry
		if strict.Decode(data, 1<<14, &e) != nil {
			return
		}
		const n = 6
		if tlog.Check(e, digest(n)) != nil {
			return
		}
		for _, known := range list {
			if e.Size == known.Size && e.Root == known.Root && (e.Index != n || e.Salt != list[n].Salt) {
				t.Fatalf("proved at another place: %+v", e)
			}
		}
	})
}

// No proof shows that a log continues another one that it does not continue.
func FuzzCheckGrowth(f *testing.F) {
	m, list := grown(f, 21)
	f.Add(int64(7), int64(21), list[20].Proof[0], list[20].Root)
	f.Add(int64(21), int64(21), "", "")
	f.Fuzz(func(t *testing.T, from, to int64, a, b string) {
		older, newer := report.Checkpoint{Tenant: "t", Log: id, Size: from, Root: digest(1)}, report.Checkpoint{Tenant: "t", Log: id, Size: to, Root: list[20].Root}
		proof, err := tlog.ProveGrowth(from, to, m)
		if err != nil {
			proof = []string{a, b}
		}
		if tlog.CheckGrowth(older, newer, proof) == nil || tlog.CheckGrowth(older, newer, append(proof, a, b)) == nil {
			t.Fatalf("a foreign past of %d entries is continued at %d", from, to)
		}
	})
}
