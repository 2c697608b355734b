package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecheck/report"
)

// ErrErased: the session's report was here and was erased.
var ErrErased = errors.New("the report of this session was erased")

// ErrSessionUsed: the session has sent another report already.
var ErrSessionUsed = errors.New("this session has sent another report already")

// Report is one report to take in.
type Report struct {
	// Digest is the report's identity, Session the key that sealed it, Invite the one it was made under.
	Digest, Session string
	Invite          Invite
	// Verdict is what it was appraised as when it came; Observed says that the probe saw some of it.
	Verdict  report.Verdict
	Observed bool
	// Machine is the computer's pseudonym, Signature the name typed as signature; empty where there is none.
	Machine, Signature string
	// Bundle is what came, byte for byte.
	Bundle []byte
}

// Place is what the store knows of a report as it takes it in: which run under
// the invite it is, how many there are, and its place in the log.
type Place struct {
	Run, Runs int
	Log       report.LogEntry
}

// Sealer makes what the server says about the reports it takes in.
type Sealer interface {
	// Receipt is what goes back for a report, and is kept with it.
	Receipt(r Report, p Place, now time.Time) ([]byte, error)
	// Checkpoint is the log's with this entry as the last.
	Checkpoint(e report.LogEntry, now time.Time) ([]byte, error)
}

// arrival is one report that waits to be taken in, and what came of it.
type arrival struct {
	report  Report
	time    time.Time
	seal    Sealer
	receipt []byte
	err     error
}

// mostAtOnce is how many reports are taken in by one transaction: what one
// transaction costs on disk is shared by all who wait.
const mostAtOnce = 128

// patience bounds how long the database may take for them.
const patience = 20 * time.Second

// TakeIn stores a report durably, as the next entry of the log and together with
// its receipt: all in one transaction. A report that is there already gets its
// first receipt again. Reports that come while another is being stored are stored
// together by whoever is next; each has a result of its own.
func (t *Tenant) TakeIn(ctx context.Context, r Report, now time.Time, seal Sealer) (receipt []byte, err error) {
	a := &arrival{report: r, time: now, seal: seal}
	t.arrived.Put(ctx, a)
	return a.receipt, a.err
}

// takeTogether takes in what came together.
func (t *Tenant) takeTogether(ctx context.Context, batch []*arrival) {
	err := t.takeAll(ctx, batch)
	if err == nil {
		return
	}
	if len(batch) == 1 {
		batch[0].receipt, batch[0].err = nil, err
		return
	}
	for _, a := range batch { // one of them cannot be stored: it alone shall fail
		a.receipt, a.err = nil, nil
		if err := t.takeAll(ctx, []*arrival{a}); err != nil {
			a.receipt, a.err = nil, err
		}
	}
}

// takeAll takes some reports in with one transaction. What is wrong with one of
// them is its own error; an error here means that none of them is stored.
func (t *Tenant) takeAll(ctx context.Context, list []*arrival) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		b := &batch{Tenant: t, ctx: ctx, tx: tx}
		return b.take(list)
	})
}

// Receipt is the receipt that was given for a report; nil where it is not there.
func (t *Tenant) Receipt(ctx context.Context, digest string) (receipt []byte, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT receipt FROM reports WHERE tenant = $1 AND digest = $2`, t.no, digest).Scan(&receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return receipt, err
}
