package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// both are the two kinds of database, each with how an empty one of a test is opened.
func both() map[string]func(t *testing.T) *store.Store {
	return map[string]func(t *testing.T) *store.Store{
		"sqlite": func(t *testing.T) *store.Store { return opened(t)(store.Open(t.TempDir())) },
		"postgres": func(t *testing.T) *store.Store {
			return opened(t)(store.Connect(t.Context(), postgres.Database(t)))
		},
	}
}

func opened(t *testing.T) func(*store.Store, error) *store.Store {
	return func(s *store.Store, err error) *store.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
}

// town is several organisations in one database.
type town struct {
	store  *store.Store
	clerks []*clerk
	again  store.Report // that was taken in
	gone   store.Report // that was erased
}

func tenants() []string {
	return []string{"0123456789abcdef", "1123456789abcdef", "2123456789abcdef"}
}

// newTown is a database with a little of everything.
func newTown(t *testing.T, s *store.Store) *town {
	t.Helper()
	w := &town{store: s}
	for n, id := range tenants() {
		tt, err := s.Tenant(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		c := &clerk{store: tt, key: newKey(t)}
		w.clerks = append(w.clerks, c)
		for range 5 + n {
			w.gone, _ = c.take(t, noon())
		}
		w.again, _ = c.take(t, noon())
		err = errors.Join(
			tt.Erase(t.Context(), w.gone.Digest, noon()),
			tt.Decide(t.Context(), w.again.Digest, store.Decided{Time: noon(), Person: "anna", Kind: store.Waived, Note: "naïve; \"=1+1\"\r\n\tü"}),
			tt.PutInvites(t.Context(), []store.Coded{person(n), person(n + 10)}),
			tt.Set(t.Context(), "retention.days", fmt.Sprint(n)),
			tt.Note(t.Context(), store.Act{Time: noon(), Who: "anna", What: "x"}),
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// busy takes reports in, eight at a time, for all organisations, until the function it returns is called.
func (w *town) busy(t *testing.T) (stop func()) {
	t.Helper()
	var wait, begun sync.WaitGroup
	begun.Add(8)
	ctx, cancel := context.WithCancel(t.Context())
	for i := range 8 {
		c := w.clerks[i%len(w.clerks)]
		wait.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if n == 3 {
					begun.Done()
				}
				r := made(t, fmt.Sprintf("busy %d", i))
				if _, err := c.store.TakeIn(context.WithoutCancel(ctx), r, noon(), c); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	begun.Wait()
	return func() { cancel(); wait.Wait() }
}

// audits are the logs of all organisations in a database, which hold.
func audits(t *testing.T, s *store.Store) []store.Audit {
	t.Helper()
	ids, err := s.Tenants(t.Context())
	if d := cmp.Diff(tenants(), ids); d != "" || err != nil {
		t.Fatal(d, err)
	}
	var list []store.Audit
	for _, id := range ids {
		tt, err := s.Find(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		a := auditOf(t, tt)
		if c, err := tt.Checkpoint(t.Context()); err != nil || string(c) != string(a.Checkpoint) {
			t.Errorf("the newest checkpoint: %v", err)
		}
		if n, err := tt.Reports(t.Context()); err != nil || len(a.Faults) != 0 || a.Erased != 1 || n != a.Reports || a.Reports+1 != a.Size || a.Size < 6 {
			t.Errorf("%d reports (%v), %+v", n, err, a)
		}
		list = append(list, a)
	}
	return list
}

// Between each two kinds of database everything is moved as it was at one moment, while
// reports come in, and what is restored goes on where that one stopped.
func TestBackupAndRestore(t *testing.T) {
	for fromKind, from := range both() {
		t.Run(fromKind, func(t *testing.T) {
			w := newTown(t, from(t))
			path := filepath.Join(t.TempDir(), "linecheck backup.db")
			stop := w.busy(t)
			err := store.Backup(t.Context(), w.store, path)
			stop()
			if err != nil {
				t.Fatal(err)
			}
			saved := opened(t)(store.OpenRead(path))
			want := audits(t, saved)
			had, err1 := saved.Contents(t.Context())
			has, err2 := w.store.Contents(t.Context())
			if err := errors.Join(err1, err2); err != nil || had.Reports < 18+8*3 || has.Reports <= had.Reports {
				t.Errorf("the backup has %+v and the database %+v (%v): it was not made in the middle", had, has, err)
			}
			for toKind, to := range both() {
				t.Run("to "+toKind, func(t *testing.T) { w.restoredTo(t, to(t), path, want) })
			}
			if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 {
				t.Errorf("others may read it: %v %v", i.Mode(), err)
			}
		})
	}
}

func (w *town) restoredTo(t *testing.T, to *store.Store, path string, want []store.Audit) {
	if err := store.Restore(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, audits(t, to)); d != "" {
		t.Error(d)
	}
	c := &clerk{key: newKey(t)}
	var err error
	if c.store, err = to.Find(t.Context(), tenants()[2]); err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.TakeIn(t.Context(), w.again, noon(), stamp{errors.New("sealed twice")}); err != nil {
		t.Errorf("a report that was there: %v", err)
	}
	if _, err := c.store.TakeIn(t.Context(), w.gone, noon(), c); !errors.Is(err, store.ErrErased) {
		t.Errorf("a report that was erased: %v", err)
	}
	if d, err := c.store.Decided(t.Context(), w.again.Digest); err != nil || len(d) != 1 || d[0].Kind != store.Waived {
		t.Errorf("%+v %v", d, err)
	}
	for _, n := range tenants() { // ids go on where they were, in every organisation
		tt, err := to.Find(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		before, err1 := tt.Trail(t.Context(), 0, 1)
		err2 := tt.Note(t.Context(), store.Act{Time: noon(), Who: "anna", What: "y"})
		after, err3 := tt.Trail(t.Context(), 0, 1)
		if err := errors.Join(err1, err2, err3); err != nil || after[0].ID <= before[0].ID || after[0].What != "y" {
			t.Errorf("%+v, then %+v (%v)", before, after, err)
		}
		if _, err := tt.StartRun(t.Context(), under("new", 1), "s", noon()); err != nil {
			t.Error(err)
		}
		c.store = tt
		c.take(t, noon())
		if a := auditOf(t, tt); len(a.Faults) != 0 {
			t.Errorf("%+v", a)
		}
	}
	if err := store.Restore(t.Context(), path, to); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("restored over what is there: %v", err)
	}
}

// Nothing is overwritten, and what was given up leaves nothing.
func TestBackupOverwritesNothing(t *testing.T) {
	for kind, open := range both() {
		t.Run(kind, func(t *testing.T) {
			w := newTown(t, open(t))
			dir := t.TempDir()
			path := filepath.Join(dir, "b.db")
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := store.Backup(ended, w.store, path); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			if err := store.Backup(t.Context(), w.store, filepath.Join(dir, "missing", "b.db")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v", err)
			}
			if list, _ := os.ReadDir(dir); len(list) != 0 {
				t.Errorf("left behind: %v", list)
			}
			if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := store.Backup(t.Context(), w.store, path); !errors.Is(err, fs.ErrExist) {
				t.Errorf("%v", err)
			}
			data, err := os.ReadFile(path)
			if list, _ := os.ReadDir(dir); string(data) != "mine" || err != nil || len(list) != 1 {
				t.Errorf("%q %v %v", data, err, list)
			}
		})
	}
}

// Of several backups to one name at once one is written, whole.
func TestBackupsToOneName(t *testing.T) {
	w := newTown(t, opened(t)(store.Open(t.TempDir())))
	path := filepath.Join(t.TempDir(), "b.db")
	var wait sync.WaitGroup
	made := make(chan error, 6)
	for range cap(made) {
		wait.Go(func() { made <- store.Backup(context.Background(), w.store, path) })
	}
	wait.Wait()
	close(made)
	n := 0
	for err := range made {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, fs.ErrExist):
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d were written", n)
	}
	audits(t, opened(t)(store.OpenRead(path)))
}

func TestContents(t *testing.T) {
	for kind, open := range both() {
		t.Run(kind, func(t *testing.T) {
			s := open(t)
			if c, err := s.Contents(t.Context()); c != (store.Contents{}) || err != nil {
				t.Errorf("%+v %v", c, err)
			}
			newTown(t, s)
			want := store.Contents{Tenants: 3, Reports: 5 + 6 + 7, Invites: 9, Entries: 21}
			if c, err := s.Contents(t.Context()); c != want || err != nil {
				t.Errorf("%+v %v", c, err)
			}
		})
	}
}
