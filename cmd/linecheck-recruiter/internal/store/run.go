package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// ErrRunsUsed: the invite allows no further run.
var ErrRunsUsed = errors.New("all runs of the invite are used")

// ErrRevoked: the invite was revoked.
var ErrRevoked = errors.New("the invite was revoked")

// StartRun notes that a session runs under an invite, and returns which run it is,
// from 1. The same session is the same run.
func (t *Tenant) StartRun(ctx context.Context, inv Invite, session string, now time.Time) (run int, err error) {
	err = t.write(ctx, func(tx *sql.Tx) error {
		ended, err := t.begin(ctx, tx, inv, now)
		if err != nil {
			return err
		}
		if ended {
			return ErrRevoked
		}
		list, err := t.runs(ctx, tx, []string{inv.ID})
		if err != nil {
			return err
		}
		if r, ok := find(list[inv.ID], session); ok {
			run = r
			return nil
		}
		if run = len(list[inv.ID]) + 1; run > inv.Runs {
			run = 0
			return ErrRunsUsed
		}
		return t.addRuns(ctx, tx, [][]any{{t.no, inv.ID, session, now.UnixMilli(), 0}})
	})
	return run, err
}

// begin notes that a session runs under an invite, holds its row, and says whether it was revoked.
func (t *Tenant) begin(ctx context.Context, tx *sql.Tx, inv Invite, now time.Time) (ended bool, err error) {
	id := []string{inv.ID}
	held, err := t.hold(ctx, tx, id)
	if err != nil || held[inv.ID] {
		return held[inv.ID], err
	}
	if _, kept := held[inv.ID]; kept {
		return false, t.arrive(ctx, tx, []Invite{inv}, "running", now)
	}
	if _, err := t.lockLog(ctx, tx); err != nil { // there was no row to hold, and who takes reports in under it holds the log
		return false, err
	}
	if err := t.arrive(ctx, tx, []Invite{inv}, "running", now); err != nil {
		return false, err
	}
	held, err = t.hold(ctx, tx, id)
	return held[inv.ID], err
}

// aRun is one session under an invite.
type aRun struct {
	session      string
	sent, erased bool
}

// find says which run a session is, from 1.
func find(list []aRun, session string) (run int, ok bool) {
	for i, r := range list {
		if r.session == session {
			return i + 1, true
		}
	}
	return 0, false
}

// runs are the runs under some invites, each invite's in their order.
func (t *Tenant) runs(ctx context.Context, tx *sql.Tx, invites []string) (map[string][]aRun, error) {
	type numbered struct {
		aRun
		id int64
	}
	found := map[string][]numbered{}
	err := t.among(ctx, tx, `SELECT id, invite, session, report <> 0, erased <> 0 FROM runs WHERE tenant = $1 AND invite`, []any{t.no}, invites, ``, func(r *sql.Rows) error {
		var invite string
		var n numbered
		err := r.Scan(&n.id, &invite, &n.session, &n.sent, &n.erased)
		found[invite] = append(found[invite], n)
		return err
	})
	out := map[string][]aRun{}
	for invite, list := range found {
		slices.SortFunc(list, func(a, b numbered) int { return cmp.Compare(a.id, b.id) })
		for _, n := range list {
			out[invite] = append(out[invite], n.aRun)
		}
	}
	return out, err
}

// hold says of those of some invites that are kept whether they were revoked. Nobody else begins a run or takes a report
// in under them until the transaction ends. The ids are sorted: rows are locked in one order.
func (t *Tenant) hold(ctx context.Context, tx *sql.Tx, invites []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := t.among(ctx, tx, `SELECT id, revoked <> 0 FROM invites WHERE tenant = $1 AND id`, []any{t.no}, invites, ` ORDER BY id`+t.kind.locked(), func(r *sql.Rows) error {
		var id string
		var revoked bool
		err := r.Scan(&id, &revoked)
		out[id] = revoked
		return err
	})
	return out, err
}

// addRuns adds rows of tenant, invite, session, time started, and the report; a run that is there gets its report.
func (t *Tenant) addRuns(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	return t.put(ctx, tx, `INSERT INTO runs (tenant, invite, session, started, report)`, rows,
		` ON CONFLICT (tenant, invite, session) DO UPDATE SET report = excluded.report`)
}

// Attempt notes that a check is measured under an invite, and returns the
// how-manieth time that is, from 1, over all of the invite's sessions.
func (t *Tenant) Attempt(ctx context.Context, invite, check string) (n int, err error) {
	err = t.write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			INSERT INTO attempts (tenant, invite, measured, attempts) VALUES ($1, $2, $3, 1)
			ON CONFLICT (tenant, invite, measured) DO UPDATE SET attempts = attempts.attempts + 1
			RETURNING attempts`, t.no, invite, check).Scan(&n)
	})
	return n, err
}
