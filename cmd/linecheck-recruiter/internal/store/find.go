package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"linecheck/report/bundle"
	"linecheck/report/envelope"
)

// Stored is a report as it is kept.
type Stored struct {
	// Digest is its identity, Invite the id of the one it was made under.
	Digest, Invite string
	Received       time.Time
	// Bundle is what came, byte for byte; Receipt is what was given for it.
	Bundle, Receipt []byte
	// Machine is the computer's pseudonym; empty where there is none.
	Machine string
	// Facet is what it is filtered by.
	Facet Facet
}

// Whole is the bundle as it came, with the receipt that was given for it instead of any that came with it.
func (s Stored) Whole() (bundle.Bundle, error) {
	b, err := bundle.Parse(s.Bundle)
	if err != nil {
		return b, err
	}
	receipt, err := envelope.Parse(s.Receipt)
	b.Receipt = &receipt
	return b, err
}

const storedColumns = `r.digest, r.invite, r.received, r.bundle, r.receipt, r.machine, f.role, f.region, f.verdict, f.observed, f.decision
	FROM reports r JOIN facets f ON f.id = r.facet`

func scanStored(r interface{ Scan(...any) error }) (s Stored, err error) {
	var ms int64
	err = r.Scan(&s.Digest, &s.Invite, &ms, &s.Bundle, &s.Receipt, &s.Machine, &s.Facet.Role, &s.Facet.Region, &s.Facet.Verdict, &s.Facet.Observed, &s.Facet.Decision)
	s.Received = moment(ms)
	return s, err
}

// Between are the reports whose hex digests lie between two, both included: at most ten.
func (t *Tenant) Between(ctx context.Context, first, last string) ([]Stored, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT `+storedColumns+` WHERE r.tenant = $1 AND r.digest BETWEEN $2 AND $3 ORDER BY r.digest LIMIT 10`, t.no, first, last)
	return all(rows, err, func(r *sql.Rows) (Stored, error) { return scanStored(r) })
}

// Report is the report of that digest; [ErrUnknown] where it is not there.
func (t *Tenant) Report(ctx context.Context, digest string) (Stored, error) {
	s, err := scanStored(t.db.QueryRowContext(ctx, `SELECT `+storedColumns+` WHERE r.tenant = $1 AND r.digest = $2`, t.no, storable(digest)))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrUnknown
	}
	return s, err
}

// mostRelated bounds the lists of reports that belong to one.
const mostRelated = 200

// History are the reports of an applicant under any invite, the newest first, at most two hundred.
func (t *Tenant) History(ctx context.Context, applicant string) ([]Row, error) {
	applicant = storable(applicant)
	return t.related(ctx, `facets f CROSS JOIN reports r WHERE f.tenant = $1 AND r.facet = f.id AND r.sought = $3 AND r.applicant = $2`, applicant, cut(Fold(applicant)))
}

// SameMachine are the reports that were made on the computer of a pseudonym, the newest first, at most two hundred.
func (t *Tenant) SameMachine(ctx context.Context, machine string) ([]Row, error) {
	if machine == "" {
		return nil, nil
	}
	return t.related(ctx, `reports r CROSS JOIN facets f WHERE r.tenant = $1 AND r.machine = $2 AND r.machine <> '' AND f.id = r.facet`, storable(machine))
}

// UnderInvite are the reports that came under an invite, the newest first, at most two hundred.
func (t *Tenant) UnderInvite(ctx context.Context, id string) ([]Row, error) {
	return t.related(ctx, `runs u`+ofInvite, id)
}

// ofInvite are the reports that a table knows of an invite.
const ofInvite = ` CROSS JOIN reports r CROSS JOIN facets f WHERE u.tenant = $1 AND u.invite = $2 AND r.id = u.report AND f.id = r.facet`

// related reads rows from tables that SQLite goes through in the order of their naming, each by an index. They are few: the
// signs before the order's columns keep both databases from going through all reports in that order instead.
func (t *Tenant) related(ctx context.Context, from string, more ...any) ([]Row, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT r.digest, r.invite, r.applicant, r.received, f.role, f.region, f.verdict, f.observed, f.decision
		FROM `+from+` ORDER BY +r.received DESC, +r.id DESC LIMIT `+fmt.Sprint(mostRelated), append([]any{t.no}, more...)...)
	return all(rows, err, func(r *sql.Rows) (row Row, err error) {
		var ms int64
		err = r.Scan(&row.Digest, &row.Invite, &row.Applicant, &ms, &row.Role, &row.Region, &row.Verdict, &row.Observed, &row.Decision)
		row.Received = moment(ms)
		return row, err
	})
}
