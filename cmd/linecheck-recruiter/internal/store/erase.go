package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrUnknown: no such report is stored.
	ErrUnknown = errors.New("no such report is stored")
	// ErrHeld: it was erased, and SQLite's files still hold the old bytes, because somebody was
	// reading, as a backup does. The next erasure takes them off, or the next start of the server.
	ErrHeld = errors.New("erased, but a reader held the database: the old bytes go with the next erasure or restart")
)

// Erase removes a report with its receipt, its salt, what was decided about it and what webhooks were
// still to be told of it. Its entry in the log stays, and says nothing any more; that it was erased, and
// when, is kept. The same report is not taken in again. SQLite overwrites on disk what is removed;
// where it moved rows between pages before, it may, rarely, have left a copy in a page's unused part, which a
// restored backup has not. PostgreSQL overwrites in its own time.
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

// EraseApplicant erases every report of an applicant's reference, as [Tenant.Erase] does, and takes
// reference, name and code off their invites, which count no longer. The trail says who did so, and not
// to whom. It returns how many reports that were; [ErrUnknown] where there is neither report nor invite.
func (t *Tenant) EraseApplicant(ctx context.Context, applicant, who string, now time.Time) (erased int, err error) {
	if applicant == "" { // so are those who were erased before
		return 0, ErrUnknown
	}
	applicant = storable(applicant)
	err = t.write(ctx, func(tx *sql.Tx) error {
		if _, err := t.lockLog(ctx, tx); err != nil {
			return err
		}
		reports, err := texts(tx.QueryContext(ctx, `SELECT digest FROM reports WHERE tenant = $1 AND facet IN (SELECT id FROM facets WHERE tenant = $1)
			AND sought = $2 AND applicant = $3`, t.no, cut(Fold(applicant)), applicant))
		if err != nil {
			return err
		}
		invites, err := texts(tx.QueryContext(ctx, `SELECT id FROM invites WHERE tenant = $1 AND applicant = $2`, t.no, applicant))
		if err != nil {
			return err
		}
		if len(reports)+len(invites) == 0 {
			return ErrUnknown
		}
		if err := t.eraseAll(ctx, tx, reports, now); err != nil {
			return err
		}
		for _, id := range invites {
			if err := t.forgetInvite(ctx, tx, id, now); err != nil {
				return err
			}
		}
		erased = len(reports)
		return t.noteErased(ctx, tx, Act{Time: now, Who: who, What: "applicant.erased"}, len(reports), len(invites))
	})
	if err != nil {
		return 0, err
	}
	return erased, t.forget(ctx)
}

// forgetInvite leaves of an invite what names nobody. Nobody can report under it any more, nor late where it has ended.
func (t *Tenant) forgetInvite(ctx context.Context, tx *sql.Tx, id string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE invites SET applicant = '', name = '', revoked = CASE WHEN revoked = 0 THEN $1 ELSE revoked END
		WHERE tenant = $2 AND id = $3`, now.UnixMilli(), t.no, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM codes WHERE tenant = $1 AND invite = $2`, t.no, id)
	return err
}

// EraseBefore erases what is older than a time: reports that were received before it, as
// [Tenant.Erase] does, then invites that ended before it and have no report left, with their names and
// codes. It erases so many at most, the oldest first, so that nobody waits long, and returns how many
// that were: 0 where nothing is left. The trail says who did so. Several servers may do this at once.
func (t *Tenant) EraseBefore(ctx context.Context, received time.Time, most int, who string, now time.Time) (erased int, err error) {
	err = t.write(ctx, func(tx *sql.Tx) error {
		if _, err := t.lockLog(ctx, tx); err != nil {
			return err
		}
		reports, err := texts(tx.QueryContext(ctx, `SELECT digest FROM reports WHERE tenant = $1 AND received < $2 ORDER BY received, id LIMIT $3`, t.no, received.UnixMilli(), most))
		if err != nil {
			return err
		}
		if err := t.eraseAll(ctx, tx, reports, now); err != nil {
			return err
		}
		invites, err := t.dropInvites(ctx, tx, received, most-len(reports))
		if err != nil {
			return err
		}
		if erased = len(reports) + invites; erased == 0 {
			return nil
		}
		return t.noteErased(ctx, tx, Act{Time: now, Who: who, What: "retention.erased"}, len(reports), invites)
	})
	if err != nil {
		return 0, err
	}
	return erased, t.forget(ctx)
}

// dropInvites removes invites that ended before a time and have no report, so many at most.
func (t *Tenant) dropInvites(ctx context.Context, tx *sql.Tx, ended time.Time, most int) (int, error) {
	// None is issued after it ends, and when they were issued has an index.
	list, err := texts(tx.QueryContext(ctx, `SELECT id FROM invites i WHERE tenant = $1 AND issued < $2 AND ends < $2
		AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.tenant = i.tenant AND r.invite = i.id AND r.report <> 0 AND r.erased = 0)
		ORDER BY issued, id LIMIT $3`, t.no, ended.UnixMilli(), most))
	if err != nil {
		return 0, err
	}
	for _, id := range list {
		for _, from := range []string{`codes WHERE tenant = $1 AND invite = $2`, `invite_reuse WHERE tenant = $1 AND invite = $2`, `invites WHERE tenant = $1 AND id = $2`} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+from, t.no, id); err != nil {
				return 0, err
			}
		}
	}
	return len(list), nil
}

// texts reads every row of a query for one text.
func texts(rows *sql.Rows, err error) ([]string, error) {
	return all(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
}

// noteErased adds to the trail how much was erased.
func (t *Tenant) noteErased(ctx context.Context, tx *sql.Tx, a Act, reports, invites int) error {
	a.Detail = fmt.Sprintf("%d reports, %d invites", reports, invites)
	return t.note(ctx, tx, a)
}

func (t *Tenant) eraseAll(ctx context.Context, tx *sql.Tx, digests []string, now time.Time) error {
	for _, d := range digests {
		if err := t.erase(ctx, tx, d, now); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tenant) erase(ctx context.Context, tx *sql.Tx, digest string, now time.Time) error {
	var id, facet int64
	var invite, session, found string
	err := tx.QueryRowContext(ctx, `DELETE FROM reports WHERE tenant = $1 AND digest = $2 RETURNING id, facet, invite, session, found`, t.no, storable(digest)).
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
		// SQLite takes the index of reports only where nothing but the index is asked for.
		{`DELETE FROM invite_reuse WHERE tenant = $1 AND invite IN (SELECT invite FROM invite_reuse WHERE tenant = $1 AND report = $2)`, []any{t.no, id}},
		{`DELETE FROM deliveries WHERE tenant = $1 AND subject = $2 AND event <> 'report.erased'`, []any{t.no, digest}}, // which alone says nothing of it
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

// How long a connection waits for others, in milliseconds: who erases waits less for
// readers, since nobody can write meanwhile.
const (
	forgetWait = 500
	usualWait  = 5000
)

// forget empties SQLite's write-ahead log, which still holds what was erased.
func (s *Store) forget(ctx context.Context) error {
	if s.kind != sqlite {
		return nil
	}
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	wait := func(ms int) error {
		_, err := c.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf(`PRAGMA busy_timeout(%d)`, ms))
		return err
	}
	if err := wait(forgetWait); err != nil {
		return err
	}
	var busy, frames, moved int
	err = c.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	if err := errors.Join(err, wait(usualWait)); err != nil {
		return err
	}
	if busy != 0 {
		return ErrHeld
	}
	return nil
}
