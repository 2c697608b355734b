package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
)

// stamp seals with a few words.
type stamp struct{ err error }

func (s stamp) Receipt(_ store.Report, p store.Place, _ time.Time) ([]byte, error) {
	return fmt.Appendf(nil, "run %d of %d", p.Run, p.Runs), s.err
}

func (s stamp) Checkpoint(e report.LogEntry, _ time.Time) ([]byte, error) {
	return fmt.Appendf(nil, "%d", e.Size), nil
}

// name is the digest of a report that is known by a short name.
func name(s string) string { return envelope.Digest([]byte(s)) }

func TestRuns(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		for i, c := range []struct {
			invite, session string
			want            int
			err             error
		}{
			{"i", "a", 1, nil}, {"i", "b", 2, nil}, {"i", "a", 1, nil}, {"i", "c", 0, store.ErrRunsUsed}, {"j", "a", 1, nil}, {"i", "b", 2, nil},
		} {
			run, err := s.StartRun(t.Context(), under(c.invite, 2), c.session, time.Now())
			if run != c.want || !errors.Is(err, c.err) {
				t.Errorf("%d: run %d (%v), want %d (%v)", i, run, err, c.want, c.err)
			}
		}
	})
}

func TestAReportIsTakenInOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		r := store.Report{Digest: name("d"), Invite: under("i", 2), Session: "a", Bundle: []byte("bundle")}
		one, err := s.TakeIn(t.Context(), r, time.Now(), stamp{})
		if err != nil || string(one) != "run 1 of 1" {
			t.Fatalf("%s %v", one, err)
		}
		again, err := s.TakeIn(t.Context(), r, time.Now(), stamp{errors.New("sealed twice")})
		if err != nil || string(again) != string(one) {
			t.Errorf("%s %v", again, err)
		}
		r.Digest = name("e")
		if _, err := s.TakeIn(t.Context(), r, time.Now(), stamp{}); !errors.Is(err, store.ErrSessionUsed) {
			t.Errorf("a second report of the session: %v", err)
		}
		// Whoever opens the database anew finds it: it was there before the receipt was given.
		other := open()
		if n, err := other.Reports(t.Context()); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
	})
}

// Where no receipt can be sealed nothing is stored.
func TestNoReportWithoutReceipt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		broken := errors.New("broken")
		r := store.Report{Digest: name("d"), Invite: under("i", 1), Session: "a"}
		if _, err := s.TakeIn(t.Context(), r, time.Now(), stamp{broken}); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		if n, _ := s.Reports(t.Context()); n != 0 {
			t.Errorf("%d reports", n)
		}
		if run, err := s.StartRun(t.Context(), under("i", 1), "b", time.Now()); run != 1 || err != nil {
			t.Errorf("the failed report used up a run: %d %v", run, err)
		}
	})
}

// Many at once are stored together, and each has a result of its own: two of each
// report, one that cannot be sealed, one whose runs are used.
func TestManyAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		broken := errors.New("broken")
		var wait sync.WaitGroup
		for i := range 80 {
			wait.Go(func() {
				n := i / 2
				r := store.Report{Digest: name(fmt.Sprint(n)), Invite: under("i", 100), Session: fmt.Sprint(n), Bundle: []byte("b")}
				var seal stamp
				var want error
				switch n {
				case 7:
					seal.err, want = broken, broken
				case 8:
					r.Invite, want = under("none", 0), store.ErrRunsUsed
				}
				if _, err := s.TakeIn(context.Background(), r, time.Now(), seal); !errors.Is(err, want) {
					t.Errorf("%d: %v, want %v", n, err, want)
				}
			})
		}
		wait.Wait()
		if n, err := s.Reports(t.Context()); n != 38 || err != nil {
			t.Errorf("%d reports (%v)", n, err)
		}
	})
}

func TestAFileThatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "linecheck.db"), []byte("this is not a database, and never was one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(dir); err == nil {
		t.Error("opened")
	}
}

func TestADatabaseOfALaterVersion(t *testing.T) {
	dir := t.TempDir()
	openStore(t, dir)
	alter(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	if _, err := store.Open(dir); err == nil || !strings.Contains(err.Error(), "later version") {
		t.Errorf("%v", err)
	}
	if _, err := store.OpenRead(dir); err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("%v", err)
	}
}

func TestAddressesOfDatabases(t *testing.T) {
	for _, address := range []string{"", "mysql://h/d", "://", "postgres://h:secret@[::1/d"} {
		if _, err := store.Connect(t.Context(), address); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// Attempts are counted over all sessions of an invite, and stay counted.
func TestAttempts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		for i, c := range []struct {
			invite, check string
			want          int
		}{{"i", "speed", 1}, {"i", "speed", 2}, {"i", "call", 1}, {"j", "speed", 1}, {"i", "speed", 3}} {
			if n, err := s.Attempt(t.Context(), c.invite, c.check); n != c.want || err != nil {
				t.Errorf("%d: %d (%v), want %d", i, n, err, c.want)
			}
		}
		if n, err := open().Attempt(t.Context(), "i", "speed"); n != 4 || err != nil {
			t.Errorf("after opening again: %d (%v)", n, err)
		}
	})
}
