package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// visitSlack is by how much a visit's end must move to be written anew where nothing
// else changes, in milliseconds: not every page that is looked at is a write to disk.
const visitSlack = 60_000

// Visit is what is kept of a browser's visit, by the digest of its token; ok is false where it has ended or never was.
func (t *Tenant) Visit(ctx context.Context, token string, now time.Time) (data []byte, ok bool, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT data FROM visits WHERE tenant = $1 AND token = $2 AND expires > $3`, t.no, token, now.UnixMilli()).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return data, err == nil && len(data) > 0, err
}

// SaveVisit keeps a visit's data, which is never empty, until it expires; one that was ended stays so. The
// organisation's visits that have expired by now are forgotten.
func (t *Tenant) SaveVisit(ctx context.Context, token string, data []byte, expires, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM visits WHERE tenant = $1 AND expires <= $2`, t.no, now.UnixMilli()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO visits (tenant, token, data, expires) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant, token) DO UPDATE SET data = excluded.data, expires = excluded.expires
			WHERE length(visits.data) > 0 AND (visits.data <> excluded.data OR visits.expires < excluded.expires - $5)`,
			t.no, token, data, expires.UnixMilli(), visitSlack)
		return err
	})
}

// EndVisit ends a visit; nothing that is saved for it later brings it back.
func (t *Tenant) EndVisit(ctx context.Context, token string) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE visits SET data = $1 WHERE tenant = $2 AND token = $3`, []byte{}, t.no, token)
		return err
	})
}
