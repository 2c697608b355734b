package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// InviteState is how far an invite has come.
type InviteState string

// The states of an invite.
const (
	Sent     InviteState = "sent"     // nothing was seen of the applicant yet
	Opened   InviteState = "opened"   // its link was opened, or its code was typed into the program
	Running  InviteState = "running"  // a measuring session was begun
	Reported InviteState = "reported" // a report came
	Expired  InviteState = "expired"  // it ended before a report came
	Revoked  InviteState = "revoked"  // it was taken back
)

// InviteStates are all states, in the order in which an invite goes through them.
func InviteStates() []InviteState {
	return []InviteState{Sent, Opened, Running, Reported, Expired, Revoked}
}

// State is how far the invite has come at a time.
func (i Invite) State(now time.Time) InviteState {
	switch {
	case !i.Revoked.IsZero():
		return Revoked
	case !i.Reported.IsZero():
		return Reported
	case now.After(i.Ends):
		return Expired
	case !i.Running.IsZero():
		return Running
	case !i.Opened.IsZero():
		return Opened
	}
	return Sent
}

// condition is a state in SQL; now is the placeholder of the time. Those of open invites are spelled as their index is.
func (s InviteState) condition(now string) string {
	const open = ` AND reported = 0 AND revoked = 0`
	switch s {
	case Revoked:
		return ` AND revoked <> 0`
	case Reported:
		return ` AND reported <> 0 AND revoked = 0`
	case Expired:
		return open + ` AND ends < ` + now
	case Running:
		return open + ` AND ends >= ` + now + ` AND running <> 0`
	case Opened:
		return open + ` AND ends >= ` + now + ` AND running = 0 AND opened <> 0`
	case Sent:
		return open + ` AND ends >= ` + now + ` AND running = 0 AND opened = 0`
	}
	return ``
}

// Invites are invites in a state, or in any where it is empty, whose applicant's reference begins with a text: the
// newest first, at most n. next is where the page after begins; empty where there is none.
func (t *Tenant) Invites(ctx context.Context, state InviteState, applicant, after string, n int, now time.Time) (list []Invite, next string, err error) {
	args := []any{t.no, now.UnixMilli()}
	where := ` WHERE tenant = $1 AND CAST($2 AS BIGINT) > 0` + state.condition(`$2`)
	if applicant != "" {
		applicant = storable(applicant)
		args = append(args, applicant, beyond(applicant))
		where += ` AND applicant >= $3 AND applicant < $4`
	}
	if after != "" {
		issued, id, _ := strings.Cut(after, ".")
		ms, err := strconv.ParseInt(issued, 10, 64)
		if err != nil {
			return nil, "", ErrPlace
		}
		args = append(args, ms, storable(id))
		where += fmt.Sprintf(` AND (issued, id) < ($%d, $%d)`, len(args)-1, len(args))
	}
	rows, err := t.db.QueryContext(ctx, `SELECT `+inviteColumns+` FROM invites`+where+fmt.Sprintf(` ORDER BY issued DESC, id DESC LIMIT %d`, n+1), args...)
	list, err = all(rows, err, func(r *sql.Rows) (Invite, error) { return scanInvite(r) })
	if len(list) > n {
		list = list[:n]
		last := list[n-1]
		next = fmt.Sprintf("%d.%s", last.Issued.UnixMilli(), last.ID)
	}
	return list, next, err
}
