package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/envelope"
)

// Taking reports in, with log, receipt and everything by which they are found, beside
// the floor: the same bytes put into one table of the same SQLite, each durable when its
// caller goes on. 10 kB bundles, one at a time and many at once.
func BenchmarkTakeIn(b *testing.B) {
	data := []byte(strings.Repeat("x", 10_000))
	var count atomic.Int64
	next := func() store.Report {
		n := count.Add(1)
		d := envelope.Digest([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
		return store.Report{Digest: d, Invite: under(d, 1), Session: d, Bundle: data}
	}
	taking := func(b *testing.B, s *store.Store, err error) func() error {
		c := &clerk{store: tenantOf(b, s, err), key: newKey(b)}
		return func() error {
			_, err := c.store.TakeIn(context.Background(), next(), time.Now(), c)
			return err
		}
	}
	for _, parallel := range []int{1, 16, 200} {
		name := map[int]string{1: "/one", 16: "/sixteen", 200: "/two-hundred"}[parallel]
		b.Run("sqlite"+name, func(b *testing.B) {
			s, err := store.Open(b.TempDir())
			side(b, parallel, taking(b, s, err))
		})
		b.Run("postgres"+name, func(b *testing.B) {
			s, err := store.Connect(b.Context(), postgres.Database(b))
			side(b, parallel, taking(b, s, err))
		})
	}
	b.Run("floor/one", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "f.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(`CREATE TABLE t (d TEXT PRIMARY KEY, b BLOB)`); err != nil {
			b.Fatal(err)
		}
		side(b, 1, func() error {
			_, err := db.Exec(`INSERT INTO t VALUES (?, ?)`, next().Digest, data)
			return err
		})
	})
}

// side does one thing again and again, so many at once.
func side(b *testing.B, parallel int, one func() error) {
	b.ResetTimer()
	if parallel == 1 {
		for b.Loop() {
			if err := one(); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	b.SetParallelism(parallel / 2) // a multiple of the processors
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := one(); err != nil {
				b.Error(err)
			}
		}
	})
}
