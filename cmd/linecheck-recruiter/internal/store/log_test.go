package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/tlog"
)

// Every receipt is proved when it is given, and by the log as it has grown since.
func TestOldReceiptsStayValid(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		if _, err := c.store.Checkpoint(t.Context()); !errors.Is(err, store.ErrNoEntries) {
			t.Errorf("the empty log has a checkpoint: %v", err)
		}
		if a := auditOf(t, c.store); a.Size != 0 || len(a.Faults) != 0 || len(a.ID) != 32 {
			t.Errorf("empty: %+v", a)
		}
		const most = 41
		var all []report.Receipt
		for n := range int64(most) {
			_, rec := c.take(t, noon().Add(time.Duration(n)*time.Second))
			if rec.Log.Index != n || rec.Log.Size != n+1 {
				t.Fatalf("entry %d is %+v", n, rec.Log)
			}
			all = append(all, rec)
		}
		newest := head(all[most-1])
		var claims []store.Claim
		for _, rec := range all {
			proof, err := c.store.Growth(t.Context(), rec.Log.Size, most)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckGrowth(head(rec), newest, proof); err != nil {
				t.Errorf("from %d: %v", rec.Log.Size, err)
			}
			claims = append(claims, claim(rec))
		}
		a := auditOf(t, c.store, claims...)
		if len(a.Faults)+len(a.Notes) != 0 || a.Reports != most || a.Size != most || a.Root != newest.Root {
			t.Errorf("%+v", a)
		}
		for _, c2 := range [][2]int64{{0, 1}, {2, 1}, {1, most + 1}, {-1, most}} {
			if _, err := c.store.Growth(t.Context(), c2[0], c2[1]); !errors.Is(err, store.ErrNoEntries) {
				t.Errorf("%v: %v", c2, err)
			}
		}
	})
}

func TestARepeatedReportKeepsItsPlace(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		r, first := c.take(t, noon())
		for range 5 {
			c.take(t, noon())
		}
		again, err := c.store.TakeIn(t.Context(), r, noon().Add(time.Hour), c)
		if err != nil {
			t.Fatal(err)
		}
		if rec, err := openReceipt(again); err != nil || rec.Log.Root != first.Log.Root || rec.Log.Index != 0 || !rec.Received.Equal(noon()) {
			t.Errorf("%+v %v", rec, err)
		}
		if a := auditOf(t, c.store); a.Size != 6 || len(a.Faults) != 0 {
			t.Errorf("%+v", a)
		}
	})
}

// Sixteen at once: all get valid places, each its own.
func TestManyGrowOneLog(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		var lock sync.Mutex
		seen := map[int64]string{}
		var wait sync.WaitGroup
		for range 16 {
			wait.Go(func() {
				for range 4 {
					r := made(t, "i")
					data, err := c.store.TakeIn(context.Background(), r, noon(), c)
					if err != nil {
						t.Error(err)
						return
					}
					rec, err := openReceipt(data)
					if err != nil {
						t.Error(err)
					}
					lock.Lock()
					if other := seen[rec.Log.Index]; other != "" {
						t.Errorf("entry %d was given to %s and %s", rec.Log.Index, other, r.Digest)
					}
					seen[rec.Log.Index] = r.Digest
					lock.Unlock()
				}
			})
		}
		wait.Wait()
		if a := auditOf(t, c.store); len(seen) != 64 || a.Size != 64 || len(a.Faults) != 0 {
			t.Errorf("%d places, %+v", len(seen), a)
		}
	})
}

// contains says whether any of the database's files holds the bytes.
func contains(t *testing.T, dir string, what []byte) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "linecheck.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, what) {
			return true
		}
	}
	return false
}

// Erasing takes the report, its receipt and its salt off the disk, and nothing from the log.
func TestErase(t *testing.T) {
	dir := t.TempDir()
	c := newClerk(t, dir)
	var reports []store.Report
	var receipts []report.Receipt
	for range 9 {
		r, rec := c.take(t, noon())
		reports, receipts = append(reports, r), append(receipts, rec)
	}
	const gone = 4
	salt, err := hex.DecodeString(receipts[gone].Log.Salt)
	if err != nil {
		t.Fatal(err)
	}
	sealed := reports[gone].Bundle
	secret := [][]byte{salt, sealed[len(sealed)-85 : len(sealed)-10], []byte(reports[gone].Digest), []byte(receipts[gone].Log.Salt)}
	for i, s := range secret[:3] {
		if !contains(t, dir, s) {
			t.Fatalf("secret %d is not there to begin with: the test looks in the wrong place", i)
		}
	}
	if err := c.store.Erase(t.Context(), reports[gone].Digest, noon()); err != nil {
		t.Fatal(err)
	}
	for i, s := range secret {
		if contains(t, dir, s) {
			t.Errorf("secret %d is still on disk", i)
		}
	}
	if err := c.store.Erase(t.Context(), reports[gone].Digest, noon()); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("erased twice: %v", err)
	}
	if _, err := c.store.TakeIn(t.Context(), reports[gone], noon(), c); !errors.Is(err, store.ErrErased) {
		t.Errorf("the erased report comes again: %v", err)
	}
	_, last := c.take(t, noon())
	for n, rec := range receipts {
		proof, err := c.store.Growth(t.Context(), rec.Log.Size, 10)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(tlog.Check(rec.Log, tlog.Commitment(rec.ReportSHA256, rec.Received)), tlog.CheckGrowth(head(rec), head(last), proof)); err != nil {
			t.Errorf("entry %d: %v", n, err)
		}
	}
	if a := audit(t, dir, claim(receipts[gone])); len(a.Faults) != 0 || a.Erased != 1 || a.Reports != 9 || a.Size != 10 {
		t.Errorf("%+v", a)
	}
}

// Whatever is done to the stored log behind the server's back is found.
func TestTamperingIsFound(t *testing.T) {
	for name, c := range map[string]struct{ sql, want string }{
		"an entry altered":       {`UPDATE log_hashes SET hash = randomblob(32) WHERE place = 3`, "entry 3:"},
		"an inner hash altered":  {`UPDATE log_hashes SET hash = randomblob(32) WHERE place = 2`, "does not fit"},
		"a hash dropped":         {`DELETE FROM log_hashes WHERE place = 5`, "missing or damaged"},
		"a hash cut":             {`UPDATE log_hashes SET hash = x'00' WHERE place = 5`, "missing or damaged"},
		"the last entry dropped": {`DELETE FROM log_hashes WHERE place = (SELECT max(place) FROM log_hashes)`, "are stored"},
		"the size lowered":       {`UPDATE logs SET size = size - 1`, "entries"},
		"a report deleted":       {`DELETE FROM reports WHERE id % (1 << 40) = 2`, "entry 3: its report is missing"},
		"a report exchanged":     {`UPDATE reports SET bundle = (SELECT bundle FROM reports WHERE id % (1 << 40) = 1) WHERE id % (1 << 40) = 2`, "another report"},
		"a report broken":        {`UPDATE reports SET bundle = x'00' WHERE id % (1 << 40) = 2`, "cannot be read"},
		"a salt altered":         {`UPDATE reports SET salt = randomblob(32) WHERE id % (1 << 40) = 2`, "not the one that was logged"},
		"a salt cut":             {`UPDATE reports SET salt = x'00' WHERE id % (1 << 40) = 2`, "salt is damaged"},
		"a receipt exchanged":    {`UPDATE reports SET receipt = (SELECT receipt FROM reports WHERE id % (1 << 40) = 1) WHERE id % (1 << 40) = 2`, "for another entry"},
		"a receipt broken":       {`UPDATE reports SET receipt = x'00' WHERE id % (1 << 40) = 2`, "not authentic"},
		"a report put in":        {`INSERT INTO reports SELECT id + 77, tenant, 'x', invite, 'y', received, facet, applicant, sought, found, machine, salt, receipt, bundle FROM reports WHERE id % (1 << 40) = 1`, "without an entry"},
		"another log's id":       {`UPDATE logs SET id = '00000000000000000000000000000000'`, "another entry"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			clerk := newClerk(t, dir)
			for range 7 {
				clerk.take(t, noon())
			}
			if err := clerk.store.Close(); err != nil {
				t.Fatal(err)
			}
			alter(t, dir, c.sql)
			if a := audit(t, dir); !strings.Contains(strings.Join(a.Faults, "\n"), c.want) {
				t.Errorf("faults %q, want %q", a.Faults, c.want)
			}
		})
	}
}

func alter(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "linecheck.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// A database put back to an earlier day holds together in itself: only who
// kept something from after that day can tell.
func TestAnOldCopyIsFoundByAReceipt(t *testing.T) {
	dir, old := t.TempDir(), t.TempDir()
	c := newClerk(t, dir)
	_, early := c.take(t, noon())
	alter(t, dir, `VACUUM INTO '`+filepath.Join(old, "linecheck.db")+`'`)
	_, late := c.take(t, noon())
	if a := audit(t, old, claim(early)); len(a.Faults) != 0 || a.Size != 1 {
		t.Errorf("%+v", a)
	}
	if a := audit(t, old, claim(late)); len(a.Faults) != 1 || !strings.Contains(a.Faults[0], "dropped") {
		t.Errorf("%q", a.Faults)
	}
	// The old copy goes on: another second entry, which cannot be the first one's.
	fork := newClerk(t, old)
	fork.take(t, noon())
	fork.take(t, noon())
	if a := audit(t, old, claim(late)); len(a.Faults) != 1 || !strings.Contains(a.Faults[0], "another log of 2 entries") {
		t.Errorf("%q", a.Faults)
	}
	other := claim(late)
	other.Log = strings.Repeat("0", 32)
	if a := audit(t, dir, other); len(a.Faults) != 1 || !strings.Contains(a.Faults[0], "of another log") {
		t.Errorf("%q", a.Faults)
	}
}

func TestAClockSetBackIsNoted(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		c.take(t, noon())
		c.take(t, noon().Add(-time.Minute))
		c.take(t, noon().Add(-time.Hour))
		if a := auditOf(t, c.store); len(a.Faults) != 0 || len(a.Notes) != 1 || !strings.HasPrefix(a.Notes[0], "entry 3 ") {
			t.Errorf("%+v", a)
		}
	})
}

func TestOpenReadMakesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := store.OpenRead(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "linecheck.db")); err == nil {
		t.Error("a database was made")
	}
	c := newClerk(t, dir)
	c.take(t, noon())
	ro, err := store.OpenRead(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	reading, err := ro.Find(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	r := made(t, "i")
	if _, err := reading.TakeIn(t.Context(), r, noon(), c); err == nil {
		t.Error("written through a reader")
	}
}

// A folder's name may hold what means something in an address.
func TestFoldersOfAnyName(t *testing.T) {
	for _, name := range []string{"a b", "100% #1", "what?"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Skipf("this system allows no folder %q: %v", name, err)
		}
		c := newClerk(t, dir)
		c.take(t, noon())
		if a := audit(t, dir); a.Size != 1 {
			t.Errorf("%q: %+v", name, a)
		}
	}
}
