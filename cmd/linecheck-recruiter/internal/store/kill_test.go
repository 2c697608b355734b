package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/pgtest"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

var postgres pgtest.Server

const victim = "LINECHECK_STORE_VICTIM"

// TestMain makes the test's own program the one that is killed.
func TestMain(m *testing.M) {
	if at := os.Getenv(victim); at != "" {
		takeForEver(at)
	}
	postgres.Main(m)
}

// takeForEver takes reports in, four at a time, and prints each digest once its receipt is given.
func takeForEver(at string) {
	t := new(testing.B) // its fatal end is never reached: the program is killed
	fail := func(err error) {
		if err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
	}
	open := func() (*store.Store, error) { return store.Open(at) }
	if strings.HasPrefix(at, "postgres:") {
		open = func() (*store.Store, error) { return store.Connect(context.Background(), at) }
	}
	s, err := open()
	fail(err)
	tt, err := s.Tenant(context.Background(), tenant)
	fail(err)
	c := &clerk{store: tt, key: newKey(t)}
	for range 4 {
		go func() {
			for {
				r := made(t, "i")
				_, err := tt.TakeIn(context.Background(), r, noon(), c)
				fail(err)
				fmt.Println(r.Digest)
			}
		}()
	}
	select {}
}

// Killed at any moment, log and reports fit together, and whoever has a receipt is in both.
func TestKilledAtAnyMoment(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		killed(t, dir, rounds, func() *store.Tenant { return openStore(t, dir) })
	})
	t.Run("postgres", func(t *testing.T) {
		url := postgres.Database(t)
		killed(t, url, rounds, func() *store.Tenant {
			alone(t, url)
			s, err := store.Connect(t.Context(), url)
			return tenantOf(t, s, err)
		})
	})
}

// alone waits until PostgreSQL has noticed that everybody else is gone: what a killed program had asked for last is
// still done.
func alone(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		var others int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&others); err != nil {
			t.Fatal(err)
		}
		if others == 0 {
			return
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("%d connections of a killed program stay", others)
		}
	}
}

func killed(t *testing.T, at string, rounds int, open func() *store.Tenant) {
	first := newClerkOf(t, open)
	first.take(t, noon())
	if err := first.store.Close(); err != nil {
		t.Fatal(err)
	}
	given, erased := 0, int64(0)
	for range rounds {
		digests := runAndKill(t, at)
		given += len(digests)
		s := open()
		a := auditOf(t, s)
		if len(a.Faults) != 0 || a.Reports+a.Erased != a.Size || a.Erased != erased {
			t.Fatalf("after a kill: %+v", a)
		}
		if n, err := s.Reports(t.Context()); n != a.Reports || err != nil {
			t.Fatalf("%d reports are stored, and %d are in the log (%v)", n, a.Reports, err)
		}
		for _, d := range digests {
			if r, err := s.Receipt(t.Context(), d); r == nil || err != nil {
				t.Fatalf("a report with a receipt is lost: %v", err)
			}
		}
		if len(digests) > 0 {
			if err := s.Erase(t.Context(), digests[len(digests)-1], noon()); err != nil {
				t.Fatal(err)
			}
			erased++
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if given < rounds {
		t.Errorf("only %d reports in %d rounds: the kills come too early to say anything", given, rounds)
	}
	t.Logf("%d reports got receipts in %d rounds", given, rounds)
}

// runAndKill returns the digests of the reports that got a receipt.
func runAndKill(t *testing.T, at string) (digests []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+at)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "failed") {
			t.Error(lines.Text())
		}
		digests = append(digests, lines.Text())
		if timer == nil { // it is at work: some moment from now
			timer = time.AfterFunc(time.Duration(rand.IntN(20_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait()
	return digests
}
