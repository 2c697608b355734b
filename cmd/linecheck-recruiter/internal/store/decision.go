package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Decision is what a person decides about a report. It alters nothing in it.
type Decision string

// The decisions; none is the empty one.
const (
	Accepted      Decision = "accepted"
	Repeat        Decision = "repeat"        // the applicant is asked to check again
	Waived        Decision = "waived"        // what is missed does not count here
	Accommodation Decision = "accommodation" // another way was found for the applicant
)

// Decisions are all that can be decided.
func Decisions() []Decision { return []Decision{Accepted, Repeat, Waived, Accommodation} }

// Decided is one decision as it was taken.
type Decided struct {
	Time time.Time
	// Person is who decided, as they sign in.
	Person string
	Kind   Decision
	Note   string
}

// Decide notes a decision about a report. It counts until the next one; all are kept.
func (t *Tenant) Decide(ctx context.Context, digest string, d Decided) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		if _, err := t.lockLog(ctx, tx); err != nil { // whoever counts reports holds it
			return err
		}
		var id, old int64
		f := Facet{}
		err := tx.QueryRowContext(ctx, `SELECT r.id, f.id, f.role, f.region, f.verdict, f.observed FROM reports r JOIN facets f ON f.id = r.facet
			WHERE r.tenant = $1 AND r.digest = $2`, t.no, storable(digest)).Scan(&id, &old, &f.Role, &f.Region, &f.Verdict, &f.Observed)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		f.Decision = d.Kind
		if _, err := tx.ExecContext(ctx, `UPDATE facets SET reports = reports - 1 WHERE id = $1`, old); err != nil {
			return err
		}
		now, err := t.count(ctx, tx, f, 1)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE reports SET facet = $1 WHERE id = $2`, now, id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO decisions (tenant, report, time, person, kind, note) VALUES ($1, $2, $3, $4, $5, $6)`,
			t.no, id, d.Time.UnixMilli(), d.Person, d.Kind, valid(d.Note))
		return err
	})
}

// Decided are the decisions about a report, the first one first.
func (t *Tenant) Decided(ctx context.Context, digest string) ([]Decided, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT d.time, d.person, d.kind, d.note FROM decisions d JOIN reports r ON r.id = d.report
		WHERE r.tenant = $1 AND r.digest = $2 ORDER BY d.id`, t.no, digest)
	return all(rows, err, func(r *sql.Rows) (d Decided, err error) {
		var ms int64
		err = r.Scan(&ms, &d.Person, &d.Kind, &d.Note)
		d.Time = moment(ms)
		return d, err
	})
}
