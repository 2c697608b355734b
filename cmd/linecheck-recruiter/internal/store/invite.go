package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// ErrNoInvite: there is no invite of that code, or none any more.
var ErrNoInvite = errors.New("no invite of that code")

// Invite is what is kept of an invite.
type Invite struct {
	// ID, Applicant, Role, Region and Runs are as in the sealed invite.
	ID, Applicant, Role, Region string
	Runs                        int
	// Issued and Ends bound when it counts; to the millisecond.
	Issued, Ends time.Time
	// Policy is the digest of its policy.
	Policy string
	// Name is the applicant's, where the recruiter gave it; Language is what to speak to them, as "de". Both may be empty.
	Name, Language string
	// Opened, Running and Reported are when that happened first, and Revoked when it was; zero where it did not.
	Opened, Running, Reported, Revoked time.Time
}

const inviteColumns = `id, applicant, name, role, region, language, policy, runs, issued, ends, opened, running, reported, revoked`

func (t *Tenant) inviteValues(inv Invite) []any {
	return []any{t.no, inv.ID, storable(inv.Applicant), storable(inv.Name), storable(inv.Role), storable(inv.Region), storable(inv.Language), inv.Policy, inv.Runs,
		inv.Issued.UnixMilli(), inv.Ends.UnixMilli(), stamp(inv.Opened), stamp(inv.Running), stamp(inv.Reported), stamp(inv.Revoked)}
}

func scanInvite(r interface{ Scan(...any) error }) (inv Invite, err error) {
	var issued, ends, opened, running, reported, revoked int64
	err = r.Scan(&inv.ID, &inv.Applicant, &inv.Name, &inv.Role, &inv.Region, &inv.Language, &inv.Policy, &inv.Runs,
		&issued, &ends, &opened, &running, &reported, &revoked)
	inv.Issued, inv.Ends = moment(issued), moment(ends)
	inv.Opened, inv.Running, inv.Reported, inv.Revoked = moment(opened), moment(running), moment(reported), moment(revoked)
	return inv, err
}

// stamp is how a time is stored; 0 is none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Coded is an invite that is fetched by a code.
type Coded struct {
	Invite
	// Code is the digest of its code, Sealed the invite as it travels.
	Code   string
	Sealed []byte
}

// PutInvites keeps invites that applicants may fetch by their codes: all of them or none.
func (t *Tenant) PutInvites(ctx context.Context, list []Coded) error {
	return t.PutInvitesFrom(ctx, func(yield func(Coded, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	})
}

// PutInvitesFrom is [Tenant.PutInvites] for invites that are made while they are written: few of them are in memory at
// a time. The first error of the sequence is returned, and then none is kept. It may be gone through again from its beginning.
func (t *Tenant) PutInvitesFrom(ctx context.Context, list iter.Seq2[Coded, error]) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		var portion []Coded
		for c, err := range list {
			if err != nil {
				return err
			}
			if portion = append(portion, c); len(portion) < wholeGroup {
				continue
			}
			if err := t.putInvites(ctx, tx, portion); err != nil {
				return err
			}
			portion = portion[:0]
		}
		return t.putInvites(ctx, tx, portion)
	})
}

func (t *Tenant) putInvites(ctx context.Context, tx *sql.Tx, list []Coded) error {
	var invites, codes [][]any
	for _, c := range list {
		invites = append(invites, t.inviteValues(c.Invite))
		codes = append(codes, []any{t.no, c.Code, c.ID, c.Sealed})
	}
	if err := t.put(ctx, tx, `INSERT INTO invites (tenant, `+inviteColumns+`)`, invites, ``); err != nil {
		return err
	}
	return t.put(ctx, tx, `INSERT INTO codes (tenant, code, invite, sealed)`, codes, ``)
}

// arrive notes that something happened under invites for the first time, given by
// the name of its column, and keeps those that were made elsewhere.
func (t *Tenant) arrive(ctx context.Context, tx *sql.Tx, list []Invite, what string, now time.Time) error {
	slices.SortFunc(list, func(a, b Invite) int { return strings.Compare(a.ID, b.ID) }) // rows are locked in one order
	var rows [][]any
	for _, inv := range list {
		switch what {
		case "running":
			inv.Running = now
		case "reported":
			inv.Reported = now
		}
		rows = append(rows, t.inviteValues(inv))
	}
	return t.put(ctx, tx, `INSERT INTO invites (tenant, `+inviteColumns+`)`, rows,
		` ON CONFLICT (tenant, id) DO UPDATE SET `+what+` = CASE WHEN invites.`+what+` = 0 THEN excluded.`+what+` ELSE invites.`+what+` END`)
}

// InviteOf is the invite of a code's digest, whatever became of it; [ErrNoInvite] where there never was one.
func (t *Tenant) InviteOf(ctx context.Context, codeDigest string) (c Coded, err error) {
	c.Code = codeDigest
	var id string
	err = t.db.QueryRowContext(ctx, `SELECT invite, sealed FROM codes WHERE tenant = $1 AND code = $2`, t.no, codeDigest).Scan(&id, &c.Sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrNoInvite
	}
	if err != nil {
		return c, err
	}
	c.Invite, err = t.InviteByID(ctx, id)
	return c, err
}

// InviteByID is the invite of that id; [ErrNoInvite] where there is none.
func (t *Tenant) InviteByID(ctx context.Context, id string) (Invite, error) {
	inv, err := scanInvite(t.db.QueryRowContext(ctx, `SELECT `+inviteColumns+` FROM invites WHERE tenant = $1 AND id = $2`, t.no, storable(id)))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoInvite
	}
	return inv, err
}

// Opened notes that an invite's link was opened; only the first time counts.
func (t *Tenant) Opened(ctx context.Context, id string, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE invites SET opened = $1 WHERE tenant = $2 AND id = $3 AND opened = 0`, now.UnixMilli(), t.no, id)
		return err
	})
}

// Revoke ends an invite before its time. It is no error that it was revoked already.
func (t *Tenant) Revoke(ctx context.Context, id string, now time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE invites SET revoked = CASE WHEN revoked = 0 THEN $1 ELSE revoked END WHERE tenant = $2 AND id = $3`, now.UnixMilli(), t.no, storable(id))
		return touched(done, err, ErrNoInvite)
	})
}

// Recode gives an invite another code; the former one finds nothing any more.
func (t *Tenant) Recode(ctx context.Context, id, codeDigest string) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE codes SET code = $1 WHERE tenant = $2 AND invite = $3`, codeDigest, t.no, id)
		return touched(done, err, ErrNoInvite)
	})
}

// touched is missing where a statement found nothing to change.
func touched(done sql.Result, err, missing error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = missing
	}
	return err
}

// HasCode says whether an invite may be fetched by a code.
func (t *Tenant) HasCode(ctx context.Context, id string) (has bool, err error) {
	err = t.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM codes WHERE tenant = $1 AND invite = $2)`, t.no, id).Scan(&has)
	return has, err
}
