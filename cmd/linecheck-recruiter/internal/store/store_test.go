package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/envelope"
)

func openStore(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func seal(p store.Place) (store.Sealed, error) {
	return store.Sealed{Receipt: fmt.Appendf(nil, "run %d of %d", p.Run, p.Runs), Checkpoint: fmt.Appendf(nil, "%d", p.Log.Size)}, nil
}

// name is the digest of a report that is known by a short name.
func name(s string) string { return envelope.Digest([]byte(s)) }

func TestRuns(t *testing.T) {
	s := openStore(t, t.TempDir())
	for i, c := range []struct {
		invite, session string
		want            int
		err             error
	}{
		{"i", "a", 1, nil}, {"i", "b", 2, nil}, {"i", "a", 1, nil}, {"i", "c", 0, store.ErrRunsUsed}, {"j", "a", 1, nil}, {"i", "b", 2, nil},
	} {
		run, err := s.StartRun(t.Context(), c.invite, c.session, 2, time.Now())
		if run != c.want || !errors.Is(err, c.err) {
			t.Errorf("%d: run %d (%v), want %d (%v)", i, run, err, c.want, c.err)
		}
	}
}

func TestAReportIsTakenInOnce(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	r := store.Report{Digest: name("d"), Invite: "i", Session: "a", Allowed: 2, Bundle: []byte("bundle")}
	one, err := s.TakeIn(t.Context(), r, time.Now(), seal)
	if err != nil || string(one) != "run 1 of 1" {
		t.Fatalf("%s %v", one, err)
	}
	again, err := s.TakeIn(t.Context(), r, time.Now(), func(store.Place) (store.Sealed, error) { t.Error("sealed twice"); return store.Sealed{}, nil })
	if err != nil || string(again) != string(one) {
		t.Errorf("%s %v", again, err)
	}
	r.Digest = name("e")
	if _, err := s.TakeIn(t.Context(), r, time.Now(), seal); !errors.Is(err, store.ErrSessionUsed) {
		t.Errorf("a second report of the session: %v", err)
	}
	// Another process that opens the file finds it: it was on disk before the receipt was given.
	other := openStore(t, dir)
	if n, err := other.Reports(t.Context()); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
}

// Where no receipt can be sealed nothing is stored.
func TestNoReportWithoutReceipt(t *testing.T) {
	s := openStore(t, t.TempDir())
	broken := errors.New("broken")
	r := store.Report{Digest: name("d"), Invite: "i", Session: "a", Allowed: 1}
	if _, err := s.TakeIn(t.Context(), r, time.Now(), func(store.Place) (store.Sealed, error) { return store.Sealed{}, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if n, _ := s.Reports(t.Context()); n != 0 {
		t.Errorf("%d reports", n)
	}
	if run, err := s.StartRun(t.Context(), "i", "b", 1, time.Now()); run != 1 || err != nil {
		t.Errorf("the failed report used up a run: %d %v", run, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := openStore(t, t.TempDir())
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			r := store.Report{Digest: name(fmt.Sprint(i / 2)), Invite: "i", Session: fmt.Sprint(i / 2), Allowed: 100, Bundle: []byte("b")}
			if _, err := s.TakeIn(context.Background(), r, time.Now(), seal); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n, err := s.Reports(t.Context()); n != 20 || err != nil {
		t.Errorf("%d reports (%v)", n, err)
	}
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

// Attempts are counted over all sessions of an invite, and stay counted.
func TestAttempts(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	for i, c := range []struct {
		invite, check string
		want          int
	}{{"i", "speed", 1}, {"i", "speed", 2}, {"i", "call", 1}, {"j", "speed", 1}, {"i", "speed", 3}} {
		if n, err := s.Attempt(t.Context(), c.invite, c.check); n != c.want || err != nil {
			t.Errorf("%d: %d (%v), want %d", i, n, err, c.want)
		}
	}
	if n, err := openStore(t, dir).Attempt(t.Context(), "i", "speed"); n != 4 || err != nil {
		t.Errorf("after opening again: %d (%v)", n, err)
	}
}
