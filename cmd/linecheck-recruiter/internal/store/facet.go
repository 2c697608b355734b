package store

import (
	"context"
	"database/sql"

	"linecheck/report"
)

// Facet is what reports are filtered by.
type Facet struct {
	Role, Region string
	Verdict      report.Verdict
	// Observed says that the probe saw some of the report.
	Observed bool
	// Decision is what a person decided last.
	Decision Decision
}

func facetOf(r Report) Facet {
	return Facet{Role: storable(r.Invite.Role), Region: storable(r.Invite.Region), Verdict: r.Verdict, Observed: r.Observed}
}

// Counted is a facet and how many reports it has.
type Counted struct {
	Facet
	Reports int64
	id      int64
}

// Value is what a facet has for a filter: "role", "region", "verdict", "observed" or "decision", as [Query] spells it.
func (f Facet) Value(filter string) string {
	switch filter {
	case "role":
		return f.Role
	case "region":
		return f.Region
	case "verdict":
		return string(f.Verdict)
	case "observed":
		return report.YesNo(f.Observed)
	}
	if f.Decision == "" {
		return Undecided
	}
	return string(f.Decision)
}

// count adds so many reports to a facet, and returns its id.
func (t *Tenant) count(ctx context.Context, tx *sql.Tx, f Facet, n int) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO facets (tenant, role, region, verdict, observed, decision, reports) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant, role, region, verdict, observed, decision) DO UPDATE SET reports = facets.reports + excluded.reports
		RETURNING id`, t.no, f.Role, f.Region, f.Verdict, number(f.Observed), f.Decision, n).Scan(&id)
	return id, err
}

// Facets are all facets that have reports.
func (t *Tenant) Facets(ctx context.Context) (list []Counted, err error) {
	err = t.read(ctx, func(tx *sql.Tx) error {
		list, err = t.facetsIn(ctx, tx)
		return err
	})
	return list, err
}

func (t *Tenant) facetsIn(ctx context.Context, tx *sql.Tx) ([]Counted, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, role, region, verdict, observed, decision, reports FROM facets WHERE tenant = $1 AND reports > 0
		ORDER BY role, region, verdict, observed, decision`, t.no)
	return all(rows, err, func(r *sql.Rows) (c Counted, err error) {
		return c, r.Scan(&c.id, &c.Role, &c.Region, &c.Verdict, &c.Observed, &c.Decision, &c.Reports)
	})
}

// Reports is how many reports are stored.
func (t *Tenant) Reports(ctx context.Context) (n int64, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT count(*) FROM reports WHERE tenant = $1`, t.no).Scan(&n)
	return n, err
}

// number is how a truth is stored.
func number(is bool) int {
	if is {
		return 1
	}
	return 0
}
