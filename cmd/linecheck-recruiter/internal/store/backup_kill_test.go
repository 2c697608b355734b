package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

const mover = "LINECHECK_STORE_MOVER"

// openAt opens the database in a folder or at a URL.
func openAt(ctx context.Context, at string) (*store.Store, error) {
	if strings.HasPrefix(at, "postgres:") {
		return store.Connect(ctx, at)
	}
	return store.Open(at)
}

// TestMover is what the other tests run and kill: it makes a backup, or restores one.
func TestMover(t *testing.T) {
	what, rest, ok := strings.Cut(os.Getenv(mover), "|")
	if !ok {
		t.Skip("is run by other tests")
	}
	at, path, _ := strings.Cut(rest, "|")
	s, err := openAt(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stdout.WriteString("begun\n"); err != nil {
		t.Fatal(err)
	}
	if what == "backup" {
		err = store.Backup(t.Context(), s, path)
	} else {
		err = store.Restore(t.Context(), path, s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// runMover runs it and kills it after a while from its beginning on; 0 lets it run. It returns how long it ran.
func runMover(t *testing.T, what, at, path string, kill time.Duration) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestMover$")
	cmd.Env = append(os.Environ(), mover+"="+what+"|"+at+"|"+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "begun" {
		t.Fatalf("%q %v", lines.Text(), lines.Err())
	}
	begun := time.Now()
	if kill > 0 {
		time.AfterFunc(kill, func() { _ = cmd.Process.Kill() })
	}
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil && kill == 0 {
		t.Fatal(err)
	}
	return time.Since(begun)
}

// places are where a database of each kind may be.
func places() map[string]func(t *testing.T) string {
	return map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() },
		"postgres": func(t *testing.T) string { return postgres.Database(t) },
	}
}

// pad gives a town's database some megabytes, so that moving it takes a moment.
func pad(t *testing.T, at string) {
	db, statement := (*sql.DB)(nil), `INSERT INTO trail (tenant, time, who, act, subject, detail) SELECT 1, 0, 'w', 'a', '', `
	if strings.HasPrefix(at, "postgres:") {
		db, statement = raw(t, "pgx", at), statement+`repeat(md5(i::text), 40) FROM generate_series(1, 20000) AS i`
	} else {
		db, statement = raw(t, "sqlite", filepath.Join(at, "linecheck.db")), statement+`hex(randomblob(640)) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n)`
	}
	do(t, db, statement)
}

func rounds() int {
	if testing.Short() {
		return 3
	}
	return 12
}

// Killed at any moment, a backup has its name and is whole, or has no name.
func TestABackupKilledAtAnyMoment(t *testing.T) {
	for kind, place := range places() {
		t.Run(kind, func(t *testing.T) {
			at := place(t)
			newTown(t, opened(t)(openAt(t.Context(), at)))
			pad(t, at)
			dir := t.TempDir()
			took := runMover(t, "backup", at, filepath.Join(dir, "whole.db"), 0)
			cut, parts := 0, []string(nil)
			for n := 0; n < rounds() || (cut == 0 || len(parts) == 0) && n < 10*rounds(); n++ {
				if n >= rounds() {
					took = took * 3 / 4 // the first one took longer than the others do
				}
				path := filepath.Join(dir, "b.db")
				runMover(t, "backup", at, path, 1+rand.N(took))
				var err error
				if parts, err = filepath.Glob(path + ".*.part"); err != nil {
					t.Fatal(err)
				}
				if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
					cut++
					continue
				}
				saved, err := store.OpenRead(path)
				if err != nil {
					t.Fatal(err)
				}
				audits(t, saved)
				if err := errors.Join(saved.Close(), os.Remove(path)); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d were killed before their end, %d in the middle", cut, len(parts))
			if cut == 0 || len(parts) == 0 {
				t.Error("none was killed before its end, or none in the middle: that says nothing")
			}
		})
	}
}

// Killed at any moment, a database that is restored holds everything, or nothing and can be filled again.
func TestARestoreKilledAtAnyMoment(t *testing.T) {
	at := t.TempDir()
	newTown(t, opened(t)(store.Open(at)))
	pad(t, at)
	path := filepath.Join(t.TempDir(), "b.db")
	runMover(t, "backup", at, path, 0)
	for kind, place := range places() {
		t.Run(kind, func(t *testing.T) {
			took := runMover(t, "restore", place(t), path, 0)
			to, empty := place(t), 0
			for range rounds() {
				runMover(t, "restore", to, path, 1+rand.N(took))
				s, err := openAt(t.Context(), to)
				if err != nil {
					t.Fatal(err)
				}
				c, err := s.Contents(t.Context())
				switch {
				case err != nil:
					t.Fatal(err)
				case c == store.Contents{}:
					empty++
				default:
					audits(t, s)
					to = place(t)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if empty == 0 {
				t.Error("none was killed before its end: that says nothing")
			}
			last := opened(t)(openAt(t.Context(), to))
			if err := store.Restore(t.Context(), path, last); err != nil {
				t.Fatal(err)
			}
			audits(t, last)
		})
	}
}
