package store

import "context"

// AnyHook says whether the organisation has a webhook.
func (t *Tenant) AnyHook(ctx context.Context) (any bool, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM hooks WHERE tenant = $1)`, t.no).Scan(&any)
	return any, err
}
