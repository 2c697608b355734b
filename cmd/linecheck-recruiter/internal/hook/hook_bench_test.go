package hook

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// Telling one webhook of events, 200 at once, and telling where there is none.
func BenchmarkTell(b *testing.B) {
	for name, hooks := range map[string]int{"nobody": 0, "one": 1} {
		for db, open := range map[string]func() (*store.Store, error){
			"sqlite":   func() (*store.Store, error) { return store.Open(b.TempDir()) },
			"postgres": func() (*store.Store, error) { return store.Connect(b.Context(), postgres.Database(b)) },
		} {
			b.Run(db+"/"+name, func(b *testing.B) {
				st, err := open()
				s := newSender(b, tenantOf(b, st, err, tenant))
				for range hooks {
					s.addTo(b, "https://ats.example")
				}
				var n atomic.Int64
				b.SetParallelism(100)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := s.Tell(b.Context(), ReportReceived, about(fmt.Sprint(n.Add(1))), time.Now()); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
