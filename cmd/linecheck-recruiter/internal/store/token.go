package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrNoToken: there is no such token.
var ErrNoToken = errors.New("there is no such token")

// Token is what a program signs in by.
type Token struct {
	ID int64
	// Digest is the token's; Name is what it is for.
	Digest, Name, Role string
	// Person is the id of who made it.
	Person int64
	// Created and Ends bound when it counts. Used is when it was used last, and Revoked when it was revoked; zero where it was not.
	Created, Ends, Used, Revoked time.Time
}

const tokenColumns = `digest, name, role, person, created, ends, used, revoked`

func scanToken(r interface{ Scan(...any) error }) (k Token, err error) {
	var created, ends, used, revoked int64
	err = r.Scan(&k.ID, &k.Digest, &k.Name, &k.Role, &k.Person, &created, &ends, &used, &revoked)
	k.Created, k.Ends, k.Used, k.Revoked = moment(created), moment(ends), moment(used), moment(revoked)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoToken
	}
	return k, err
}

// AddToken keeps a new token, and returns it with its id; [ErrNoPerson] where its maker is none of the organisation's people.
func (t *Tenant) AddToken(ctx context.Context, k Token) (Token, error) {
	err := t.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO tokens (tenant, `+tokenColumns+`)
			SELECT tenant, $3, $4, $5, id, $6, $7, $8, $9 FROM people WHERE tenant = $1 AND id = $2 RETURNING id`,
			t.no, k.Person, k.Digest, k.Name, k.Role, stamp(k.Created), stamp(k.Ends), stamp(k.Used), stamp(k.Revoked)).Scan(&k.ID)
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNoPerson
		}
		return err
	})
	return k, err
}

// Tokens are all tokens, the newest first, revoked and expired ones among them.
func (t *Tenant) Tokens(ctx context.Context) ([]Token, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT id, `+tokenColumns+` FROM tokens WHERE tenant = $1 ORDER BY id DESC`, t.no)
	return all(rows, err, func(r *sql.Rows) (Token, error) { return scanToken(r) })
}

// TokenByDigest is the token of that digest, whatever became of it; [ErrNoToken] where there is none.
func (t *Tenant) TokenByDigest(ctx context.Context, digest string) (Token, error) {
	return scanToken(t.db.QueryRowContext(ctx, `SELECT id, `+tokenColumns+` FROM tokens WHERE tenant = $1 AND digest = $2`, t.no, digest))
}

// TokenUsed notes when a token was used last.
func (t *Tenant) TokenUsed(ctx context.Context, id int64, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE tokens SET used = $1 WHERE tenant = $2 AND id = $3`, now.UnixMilli(), t.no, id)
		return touched(done, err, ErrNoToken)
	})
}

// RevokeToken ends a token before its time. It is no error that it was revoked already.
func (t *Tenant) RevokeToken(ctx context.Context, id int64, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE tokens SET revoked = CASE WHEN revoked = 0 THEN $1 ELSE revoked END WHERE tenant = $2 AND id = $3`, now.UnixMilli(), t.no, id)
		return touched(done, err, ErrNoToken)
	})
}
