package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrNoInvite: there is no invite of that code, or none any more.
var ErrNoInvite = errors.New("no invite of that code")

// PutInvite keeps an invite that applicants may fetch by its code until it ends. Of the
// code only its digest is kept.
func (s *Store) PutInvite(ctx context.Context, codeDigest string, invite []byte, ends time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO invites (code, invite, ends) VALUES (?, ?, ?)`, codeDigest, invite, ends.Unix())
		return err
	})
}

// Invite is the invite of a code, as it was put; [ErrNoInvite] where there is none that still counts.
func (s *Store) Invite(ctx context.Context, codeDigest string, now time.Time) (invite []byte, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT invite FROM invites WHERE code = ? AND ends >= ?`, codeDigest, now.Unix()).Scan(&invite)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoInvite
	}
	return invite, err
}
