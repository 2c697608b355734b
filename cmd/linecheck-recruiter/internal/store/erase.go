package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// ErrUnknown: no such report is stored.
var ErrUnknown = errors.New("no such report is stored")

// Erase removes a report with its receipt, its salt and what was decided about it,
// and overwrites them on disk where the database is SQLite. Its entry in the log stays, and says
// nothing any more; that it was erased, and when, is kept. The same report is not taken in again.
func (t *Tenant) Erase(ctx context.Context, digest string, now time.Time) error {
	err := t.write(ctx, func(tx *sql.Tx) error {
		if _, err := t.lockLog(ctx, tx); err != nil {
			return err
		}
		return t.erase(ctx, tx, digest, now)
	})
	if err != nil {
		return err
	}
	return t.forget(ctx)
}

func (t *Tenant) erase(ctx context.Context, tx *sql.Tx, digest string, now time.Time) error {
	var id, facet int64
	var invite, session, found string
	err := tx.QueryRowContext(ctx, `DELETE FROM reports WHERE tenant = $1 AND digest = $2 RETURNING id, facet, invite, session, found`, t.no, digest).
		Scan(&id, &facet, &invite, &session, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown
	}
	if err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`DELETE FROM decisions WHERE report = $1`, []any{id}},
		{`UPDATE facets SET reports = reports - 1 WHERE id = $1`, []any{facet}},
		{`UPDATE runs SET erased = 1 WHERE tenant = $1 AND invite = $2 AND session = $3`, []any{t.no, invite, session}},
		{`INSERT INTO erased (tenant, entry, time) VALUES ($1, $2, $3)`, []any{t.no, id & (1<<entryBits - 1), now.UnixMilli()}},
	} {
		if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
			return err
		}
	}
	for _, w := range strings.Split(found, "\n") {
		if _, err := tx.ExecContext(ctx, `DELETE FROM words WHERE tenant = $1 AND word = $2 AND report = $3`, t.no, w, id); err != nil {
			return err
		}
	}
	return nil
}

// forget empties SQLite's write-ahead log, which still holds what was erased.
func (s *Store) forget(ctx context.Context) error {
	if s.kind != sqlite {
		return nil
	}
	var busy, frames, done int
	if err := s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &done); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("the report was erased, but a reader held the database: its old pages go with the next erasure or restart")
	}
	return nil
}
