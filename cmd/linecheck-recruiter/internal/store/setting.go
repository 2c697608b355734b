package store

import (
	"context"
	"database/sql"
	"errors"
)

// Setting is a value that was set for the organisation; empty where none was.
func (t *Tenant) Setting(ctx context.Context, name string) (value string, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT value FROM settings WHERE tenant = $1 AND name = $2`, t.no, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}

// Set keeps a value for the organisation.
func (t *Tenant) Set(ctx context.Context, name, value string) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (tenant, name, value) VALUES ($1, $2, $3)
			ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value`, t.no, name, value)
		return err
	})
}
