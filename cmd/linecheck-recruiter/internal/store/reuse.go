package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrReuse: the report cannot serve under that invite.
var ErrReuse = errors.New("this report cannot serve under this invite")

// Reuse notes that an applicant lets a report of theirs serve under another invite, which is
// reported thereby. Invite and report are the same applicant's, and the invite still counts; else
// [ErrReuse]. Whether its policy and the report's age allow that is for the caller to know. Of several
// reports the one named last counts.
func (t *Tenant) Reuse(ctx context.Context, invite, digest string, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		if _, err := t.lockLog(ctx, tx); err != nil { // whoever erases reports holds it
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO invite_reuse (tenant, invite, report, time)
			SELECT i.tenant, i.id, r.id, $1 FROM invites i JOIN reports r ON r.tenant = i.tenant AND r.applicant = i.applicant
			WHERE i.tenant = $2 AND i.id = $3 AND i.revoked = 0 AND i.ends >= $1 AND i.applicant <> '' AND r.digest = $4 AND r.invite <> i.id
			ON CONFLICT (tenant, invite) DO UPDATE SET report = excluded.report, time = excluded.time`, now.UnixMilli(), t.no, invite, digest)
		if err := touched(done, err, ErrReuse); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE invites SET reported = $1 WHERE tenant = $2 AND id = $3 AND reported = 0`, now.UnixMilli(), t.no, invite)
		return err
	})
}

// Reused is the report that serves under an invite it was not made under, and since when; [ErrUnknown] where there is none.
func (t *Tenant) Reused(ctx context.Context, invite string) (r Row, since time.Time, err error) {
	list, err := t.related(ctx, `invite_reuse u`+ofInvite, invite)
	if err != nil {
		return r, since, err
	}
	if len(list) == 0 {
		return r, since, ErrUnknown
	}
	var ms int64
	err = t.db.QueryRowContext(ctx, `SELECT time FROM invite_reuse WHERE tenant = $1 AND invite = $2`, t.no, invite).Scan(&ms)
	if errors.Is(err, sql.ErrNoRows) { // erased meanwhile
		err = ErrUnknown
	}
	return list[0], moment(ms), err
}

// Serving are the ids of the invites that a report serves beside its own.
func (t *Tenant) Serving(ctx context.Context, digest string) ([]string, error) {
	return texts(t.db.QueryContext(ctx, `SELECT invite FROM invite_reuse WHERE tenant = $1 AND invite IN (SELECT invite FROM invite_reuse
		WHERE tenant = $1 AND report = (SELECT id FROM reports WHERE tenant = $1 AND digest = $2)) ORDER BY time, invite`, t.no, digest))
}

// RunsUsed is how many sessions were opened under an invite.
func (t *Tenant) RunsUsed(ctx context.Context, invite string) (n int, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT count(*) FROM runs WHERE tenant = $1 AND invite = $2`, t.no, invite).Scan(&n)
	return n, err
}
