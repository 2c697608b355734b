package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
)

// Taking reports in with the log, beside the same without it (a receipt and no
// checkpoint, no entry): 10 kB bundles, one at a time and 16 at once.
func BenchmarkTakeIn(b *testing.B) {
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	data := []byte(strings.Repeat("x", 10_000))
	seal := func(r Report, p Place) (s Sealed, err error) {
		e, err := envelope.Seal(key, report.ReceiptType, []envelope.Subject{}, report.Receipt{ReportSHA256: r.Digest, Received: now, Log: p.Log})
		if err != nil {
			return s, err
		}
		if s.Receipt, err = e.Bytes(); err != nil || p.Log.Size == 0 {
			return s, err
		}
		if e, err = envelope.Seal(key, report.CheckpointType, []envelope.Subject{}, report.Checkpoint{Log: p.Log.ID, Size: p.Log.Size, Root: p.Log.Root, Time: now}); err != nil {
			return s, err
		}
		s.Checkpoint, err = e.Bytes()
		return s, err
	}
	with := func(s *Store, r Report, _ int64) error {
		_, err := s.TakeIn(context.Background(), r, now, func(p Place) (Sealed, error) { return seal(r, p) })
		return err
	}
	without := func(s *Store, r Report, n int64) error {
		ctx := context.Background()
		return s.write(ctx, func(tx *sql.Tx) error {
			if _, err := found(ctx, tx, r); err != nil {
				return err
			}
			if _, _, err := startRun(ctx, tx, r.Invite, r.Session, r.Allowed, now); err != nil {
				return err
			}
			x, err := seal(r, Place{})
			if err != nil {
				return err
			}
			return insert(ctx, tx, r, now, x.Receipt, report.LogEntry{Index: n})
		})
	}
	for _, c := range []struct {
		name string
		take func(*Store, Report, int64) error
	}{{"with", with}, {"without", without}} {
		for _, at := range []struct {
			name     string
			parallel int
		}{{"one", 1}, {"sixteen", 16}} {
			b.Run(c.name+"/"+at.name, func(b *testing.B) { bench(b, at.parallel, data, c.take) })
		}
	}
}

func bench(b *testing.B, parallel int, data []byte, take func(*Store, Report, int64) error) {
	s, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var count atomic.Int64
	one := func() error {
		n := count.Add(1)
		d := envelope.Digest([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
		return take(s, Report{Digest: d, Invite: d, Session: d, Allowed: 1, Bundle: data}, n)
	}
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
