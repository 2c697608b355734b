package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/tlog"
)

// Claim is what somebody knows of the log from elsewhere: its root at one size.
type Claim struct {
	// Source says who, for a person; Log is the log's id.
	Source, Log string
	Size        int64
	Root        string
}

// Audit is what the whole stored log was found to be.
type Audit struct {
	// ID and Root name the log and its newest state; Root is empty where Size is 0.
	ID   string
	Size int64
	Root string
	// Checkpoint is the newest one as sealed; empty where Size is 0.
	Checkpoint []byte
	// Reports and Erased are how many of the entries have their report, and how many had it erased.
	Reports, Erased int64
	// Faults are why the log does not hold, one line each; Notes are what a person should know.
	Faults, Notes []string
}

// maxFaults bounds the lines that are told of a log that is thoroughly broken.
const maxFaults = 50

// timeSlack is by how much a clock may be set back without a note.
const timeSlack = 5 * time.Minute

// Audit recomputes the whole log from its entries, each entry from its stored
// report, and holds every receipt, and the claims of others, against it. open
// verifies a sealed receipt. It reads one state, in memory that does not grow with the log.
func (t *Tenant) Audit(ctx context.Context, open func(sealed []byte) (report.Receipt, error), claims []Claim) (Audit, error) {
	a := &auditor{Tenant: t, open: open, claims: map[int64][]Claim{}}
	err := t.read(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT id, size, checkpoint FROM logs WHERE tenant = $1`, t.no).Scan(&a.found.ID, &a.found.Size, &a.found.Checkpoint); err != nil {
			return err
		}
		for _, c := range claims {
			a.claim(c)
		}
		return a.all(ctx, tx)
	})
	return a.found, err
}

type auditor struct {
	*Tenant
	found  Audit
	open   func([]byte) (report.Receipt, error)
	walk   tlog.Walk
	claims map[int64][]Claim // by size, until the walk gets there
	last   time.Time         // the latest receipt so far
}

func (a *auditor) fault(format string, args ...any) {
	if len(a.found.Faults) < maxFaults {
		a.found.Faults = append(a.found.Faults, fmt.Sprintf(format, args...))
	}
}

func (a *auditor) claim(c Claim) {
	switch {
	case c.Log != a.found.ID:
		a.fault("%s is of another log", c.Source)
	case c.Size > a.found.Size:
		a.fault("%s knows a log of %d entries, and this one has %d: entries were dropped", c.Source, c.Size, a.found.Size)
	default:
		a.claims[c.Size] = append(a.claims[c.Size], c)
	}
}

// hashesAtOnce is how many of the log's hashes are read by one question.
const hashesAtOnce = 512

func (a *auditor) all(ctx context.Context, tx *sql.Tx) error {
	for place := int64(0); ; {
		list, err := a.hashes(ctx, tx, place)
		if err != nil {
			return err
		}
		for _, at := range list {
			if at.place != place || len(at.hash) != len(tlog.Hash{}) {
				a.fault("the log's hash %d is missing or damaged; what follows was not looked at", place)
				return nil
			}
			place++
			h := tlog.Hash(at.hash)
			entry, err := a.walk.Next(h)
			if err != nil {
				a.fault("%v", err)
			}
			if entry >= 0 {
				if err := a.entry(ctx, tx, entry, h); err != nil {
					return err
				}
			}
			a.reached()
		}
		if len(list) < hashesAtOnce {
			return a.end(ctx, tx)
		}
	}
}

type placedHash struct {
	place int64
	hash  []byte
}

// hashes are the next ones from a place on. While rows are read PostgreSQL takes no other question.
func (a *auditor) hashes(ctx context.Context, tx *sql.Tx, from int64) ([]placedHash, error) {
	rows, err := tx.QueryContext(ctx, `SELECT place, hash FROM log_hashes WHERE tenant = $1 AND place >= $2 ORDER BY place LIMIT $3`, a.no, from, hashesAtOnce)
	return all(rows, err, func(r *sql.Rows) (h placedHash, err error) { return h, r.Scan(&h.place, &h.hash) })
}

// reached holds what is claimed of a log of this size against what it is.
func (a *auditor) reached() {
	size := a.walk.Size()
	list := a.claims[size]
	if !a.walk.Whole() || len(list) == 0 {
		return
	}
	delete(a.claims, size)
	root := a.walk.Root()
	for _, c := range list {
		if c.Root != root {
			a.fault("%s knows another log of %d entries: an entry was altered, dropped or put in", c.Source, size)
		}
	}
}

// end looks at what is left when all hashes were seen.
func (a *auditor) end(ctx context.Context, tx *sql.Tx) error {
	if !a.walk.Whole() || a.walk.Size() != a.found.Size {
		a.fault("the log says that it has %d entries, and %d are stored", a.found.Size, a.walk.Size())
	}
	if a.walk.Whole() && a.walk.Size() > 0 {
		a.found.Root = a.walk.Root()
	}
	for size := range a.claims {
		for _, c := range a.claims[size] {
			a.fault("%s knows a log of %d entries, and %d are stored: entries were dropped", c.Source, size, a.walk.Size())
		}
	}
	var beyond int64
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM reports WHERE tenant = $1 AND id NOT BETWEEN $2 AND $3`, a.no, a.reportID(0), a.reportID(a.walk.Size())-1).Scan(&beyond); err != nil {
		return err
	}
	if beyond > 0 {
		a.fault("%d reports are stored without an entry in the log", beyond)
	}
	return nil
}

// stored is a report's row.
type stored struct {
	digest                string
	bundle, receipt, salt []byte
}

// entry looks at one entry: its report is there and makes just this hash, or was erased.
func (a *auditor) entry(ctx context.Context, tx *sql.Tx, n int64, h tlog.Hash) error {
	var r stored
	err := tx.QueryRowContext(ctx, `SELECT digest, bundle, receipt, salt FROM reports WHERE id = $1`, a.reportID(n)).Scan(&r.digest, &r.bundle, &r.receipt, &r.salt)
	if errors.Is(err, sql.ErrNoRows) {
		var erased bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM erased WHERE tenant = $1 AND entry = $2)`, a.no, n).Scan(&erased); err != nil {
			return err
		}
		if !erased {
			a.fault("entry %d: its report is missing, and was not erased", n+1)
			return nil
		}
		a.found.Erased++
		return nil
	}
	if err != nil {
		return err
	}
	a.found.Reports++
	if why := a.fits(r, n, h); why != "" {
		a.fault("entry %d: %s", n+1, why)
	}
	return nil
}

// fits says why a stored report is not the entry's; empty where it is.
func (a *auditor) fits(r stored, n int64, h tlog.Hash) string {
	b, err := bundle.Parse(r.bundle)
	if err != nil {
		return "the stored report cannot be read"
	}
	if d, err := b.Report.Digest(); err != nil || d != r.digest {
		return "another report is stored in its place"
	}
	if len(r.salt) != tlog.SaltSize {
		return "its salt is damaged"
	}
	rec, err := a.open(r.receipt)
	if err != nil {
		return "its receipt is not authentic: " + err.Error()
	}
	leaf, err := tlog.Leaf(tlog.Commitment(r.digest, rec.Received), [tlog.SaltSize]byte(r.salt))
	if err != nil || leaf != h {
		return "the stored report is not the one that was logged"
	}
	if rec.ReportSHA256 != r.digest || rec.Log.ID != a.found.ID || rec.Log.Index != n || rec.Log.Salt != hex.EncodeToString(r.salt) {
		return "its receipt is for another entry"
	}
	if rec.Received.Before(a.last.Add(-timeSlack)) && len(a.found.Notes) < maxFaults {
		a.found.Notes = append(a.found.Notes, fmt.Sprintf("entry %d is dated %s, before an earlier entry's %s: the server's clock was wrong, or the entry is dated back",
			n+1, rec.Received.Format(time.RFC3339), a.last.Format(time.RFC3339)))
	}
	if rec.Received.After(a.last) {
		a.last = rec.Received
	}
	a.claim(Claim{Source: fmt.Sprintf("the receipt of entry %d", n+1), Log: rec.Log.ID, Size: rec.Log.Size, Root: rec.Log.Root})
	return ""
}
