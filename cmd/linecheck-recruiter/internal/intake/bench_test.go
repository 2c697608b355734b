package intake_test

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// Taking reports in without a network: verifying, sealing, storing; two hundred at once.
func BenchmarkTakeIn(b *testing.B) {
	now := time.Now()
	o := sample.New(b, now)
	o.Policy = `{"schema":"linecheck.policy/1","id":"short","version":1,"rules":[{"id":"download","check":"internet.speed","metric":"internet.download.mbps","at_least":{"minimum":10},"finding":"internet.download.slow","fault":"network","source":"bench"}]}`
	db, err := store.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	t, err := db.Tenant(b.Context(), o.Tenant)
	if err != nil {
		b.Fatal(err)
	}
	desk := intake.New(o.Keys, t, slog.New(slog.DiscardHandler))
	list := make([][]byte, b.N)
	line := sample.Good()
	line.NoCall = true
	for i := range list {
		inv, sealed := o.Invite(b, fmt.Sprint("A-", i), "r", "EU", now)
		list[i] = sample.JSON(b, o.Report(b, inv, sealed, line, now))
	}
	var next atomic.Int64
	b.SetParallelism(100)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := desk.TakeIn(b.Context(), list[next.Add(1)-1], "bench", now); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
