package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// ErrNoHook: there is no webhook of that number.
var ErrNoHook = errors.New("no such webhook")

// Hook is an address that is told of events.
type Hook struct {
	ID  int64
	URL string
	// Secret signs what is sent there, and Former, the one before, where that is not empty; it was changed at Changed.
	Secret, Former string
	Changed        time.Time
	// Events are the types of events that it is told of; none holds a space.
	Events []string
	// Disabled is since when nothing is sent there; zero where it is on.
	Disabled, Created time.Time
}

const hookColumns = `id, url, secret, former, changed, events, disabled, created`

func scanHook(r interface{ Scan(...any) error }) (h Hook, err error) {
	var changed, disabled, created int64
	var events string
	err = r.Scan(&h.ID, &h.URL, &h.Secret, &h.Former, &changed, &events, &disabled, &created)
	h.Events = strings.Fields(events)
	h.Changed, h.Disabled, h.Created = moment(changed), moment(disabled), moment(created)
	return h, err
}

// AddHook keeps a new webhook and returns its number. Its own number does not count.
func (t *Tenant) AddHook(ctx context.Context, h Hook) (id int64, err error) {
	err = t.write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO hooks (tenant, url, secret, former, changed, events, disabled, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			t.no, h.URL, h.Secret, h.Former, stamp(h.Changed), strings.Join(h.Events, " "), stamp(h.Disabled), stamp(h.Created)).Scan(&id)
	})
	return id, err
}

// Hooks are all webhooks, the oldest first.
func (t *Tenant) Hooks(ctx context.Context) ([]Hook, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE tenant = $1 ORDER BY id`, t.no)
	return all(rows, err, func(r *sql.Rows) (Hook, error) { return scanHook(r) })
}

// Hook is the webhook of that number; [ErrNoHook] where there is none.
func (t *Tenant) Hook(ctx context.Context, id int64) (Hook, error) {
	h, err := scanHook(t.db.QueryRowContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE tenant = $1 AND id = $2`, t.no, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoHook
	}
	return h, err
}

// RemoveHook forgets a webhook with all its deliveries, sent or not.
func (t *Tenant) RemoveHook(ctx context.Context, id int64) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM hooks WHERE tenant = $1 AND id = $2`, t.no, id) // first, as who announces holds it first
		if err := touched(done, err, ErrNoHook); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM deliveries WHERE tenant = $1 AND hook = $2`, t.no, id)
		return err
	})
}

// RotateHook gives a webhook another secret; the one it had becomes the former.
func (t *Tenant) RotateHook(ctx context.Context, id int64, secret string, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE hooks SET former = secret, secret = $1, changed = $2 WHERE tenant = $3 AND id = $4`, secret, stamp(now), t.no, id)
		return touched(done, err, ErrNoHook)
	})
}

// DisableHook turns a webhook off. What still waits for it is given up, for the reason in a few words.
func (t *Tenant) DisableHook(ctx context.Context, id int64, why string, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE hooks SET disabled = CASE WHEN disabled = 0 THEN $1 ELSE disabled END WHERE tenant = $2 AND id = $3`, stamp(now), t.no, id)
		if err := touched(done, err, ErrNoHook); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE deliveries SET state = 'given-up', answer = $1 WHERE tenant = $2 AND hook = $3 AND state = 'waiting'`, why, t.no, id)
		return err
	})
}

// EnableHook turns a webhook on again.
func (t *Tenant) EnableHook(ctx context.Context, id int64) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE hooks SET disabled = 0 WHERE tenant = $1 AND id = $2`, t.no, id)
		return touched(done, err, ErrNoHook)
	})
}

// AnyHook says whether the organisation has a webhook.
func (t *Tenant) AnyHook(ctx context.Context) (any bool, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM hooks WHERE tenant = $1)`, t.no).Scan(&any)
	return any, err
}
