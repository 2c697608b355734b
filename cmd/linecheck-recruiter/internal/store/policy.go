package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Policy is a policy that the organisation may put into its invites.
type Policy struct {
	// Digest is the SHA-256 of its text; ID and Version are as in the text.
	Digest, ID string
	Version    int
	// Text is its JSON, byte for byte.
	Text []byte
	// Added is when, and Person who added it, as they sign in.
	Added  time.Time
	Person string
}

// ErrNoPolicy: there is no policy of that digest.
var ErrNoPolicy = errors.New("no such policy is stored")

const policyColumns = `digest, id, version, text, added, person`

func scanPolicy(r interface{ Scan(...any) error }) (p Policy, err error) {
	var added int64
	err = r.Scan(&p.Digest, &p.ID, &p.Version, &p.Text, &added, &p.Person)
	p.Added = moment(added)
	return p, err
}

// PutPolicy keeps a policy. One that is there already stays as it is.
func (t *Tenant) PutPolicy(ctx context.Context, p Policy) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO policies (tenant, `+policyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			t.no, p.Digest, p.ID, p.Version, p.Text, p.Added.UnixMilli(), p.Person)
		return err
	})
}

// Policies are all policies, by their ids, the newest version of each first.
func (t *Tenant) Policies(ctx context.Context) ([]Policy, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT `+policyColumns+` FROM policies WHERE tenant = $1 ORDER BY id, version DESC, added DESC, digest`, t.no)
	return all(rows, err, func(r *sql.Rows) (Policy, error) { return scanPolicy(r) })
}

// PolicyOf is the policy of that digest; [ErrNoPolicy] where there is none.
func (t *Tenant) PolicyOf(ctx context.Context, digest string) (Policy, error) {
	p, err := scanPolicy(t.db.QueryRowContext(ctx, `SELECT `+policyColumns+` FROM policies WHERE tenant = $1 AND digest = $2`, t.no, storable(digest)))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoPolicy
	}
	return p, err
}
