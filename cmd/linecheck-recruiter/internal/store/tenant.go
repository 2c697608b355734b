package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"

	"linecheck/cmd/linecheck-recruiter/internal/together"
)

// Tenant is what is kept for one organisation. Whatever it is asked for, it sees
// and changes nothing of another's. Its methods may be called from any goroutine.
type Tenant struct {
	*Store
	no int64
	id string

	arrived *together.Queue[*arrival] // reports that wait to be taken in
}

// ErrNoTenant: nothing is kept for that organisation.
var ErrNoTenant = errors.New("the database holds nothing of this organisation")

// Tenant is what is kept for the organisation of that id, with a log of its own; it is made where there is nothing yet.
func (s *Store) Tenant(ctx context.Context, id string) (*Tenant, error) {
	t, err := s.Find(ctx, id)
	if !errors.Is(err, ErrNoTenant) {
		return t, err
	}
	var log [16]byte
	if _, err := rand.Read(log[:]); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO tenants (id) VALUES ($1) ON CONFLICT DO NOTHING`, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO logs (tenant, id, size, checkpoint) SELECT no, $1, 0, $2 FROM tenants WHERE id = $3 ON CONFLICT DO NOTHING`,
			hex.EncodeToString(log[:]), []byte{}, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Find(ctx, id)
}

// Find is what is kept for the organisation of that id; [ErrNoTenant] where there is nothing.
func (s *Store) Find(ctx context.Context, id string) (*Tenant, error) {
	t := &Tenant{Store: s, id: id}
	t.arrived = together.New(mostAtOnce, patience, t.takeTogether)
	err := s.db.QueryRowContext(ctx, `SELECT no FROM tenants WHERE id = $1`, id).Scan(&t.no)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoTenant
	}
	return t, err
}

// Tenants are the ids of all organisations, in order of their arrival.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id FROM tenants ORDER BY no`)
	return all(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
}

// ID is the organisation's id, as its trust file has it.
func (t *Tenant) ID() string { return t.id }
