package store

import (
	"context"
	"database/sql"
	"math"
	"time"
)

// Act is one thing that somebody did. It names nobody but who acted: what it was
// done to is told by a digest or an id.
type Act struct {
	ID   int64
	Time time.Time
	// Who is how they sign in, or what acted, as "retention".
	Who string
	// What is the act's code, as "report.erased"; Subject the digest or id of what it was done to; Detail one line more.
	What, Subject, Detail string
}

// Note adds to the audit log, which is only ever added to.
func (t *Tenant) Note(ctx context.Context, a Act) error {
	return t.write(ctx, func(tx *sql.Tx) error { return t.note(ctx, tx, a) })
}

func (t *Tenant) note(ctx context.Context, tx *sql.Tx, a Act) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO trail (tenant, time, who, act, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.no, a.Time.UnixMilli(), valid(a.Who), a.What, valid(a.Subject), valid(a.Detail))
	return err
}

// Trail is the audit log, the newest first: at most n acts that are older than one, or the newest where before is 0.
func (t *Tenant) Trail(ctx context.Context, before int64, n int) ([]Act, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := t.db.QueryContext(ctx, `SELECT id, time, who, act, subject, detail FROM trail WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, t.no, before, n)
	return all(rows, err, func(r *sql.Rows) (a Act, err error) {
		var ms int64
		err = r.Scan(&a.ID, &ms, &a.Who, &a.What, &a.Subject, &a.Detail)
		a.Time = moment(ms)
		return a, err
	})
}
