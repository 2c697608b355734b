package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Event is something that webhooks are told of.
type Event struct {
	// ID is the event's own: of the same id a webhook is told once. Type says what happened,
	// Subject is the digest of the report it happened to, and empty where it was none: when that
	// report is erased, its deliveries go with it, but for those that tell of that.
	ID, Type, Subject string
	// Body is what is sent, byte for byte.
	Body []byte
	Made time.Time
}

// Where a delivery stands.
const (
	Waiting = "waiting"
	Done    = "done"
	GivenUp = "given-up"
)

// Delivery is an event on its way to one webhook.
type Delivery struct {
	Event
	Hook int64
	// Next is when it is tried next, Tries how often it was.
	Next  time.Time
	Tries int
	// State is [Waiting], [Done] or [GivenUp]; Answer says in a few words what came of the last try.
	State, Answer string
}

const deliveryColumns = `d.id, d.event, d.subject, d.body, d.made, d.hook, d.next, d.tries, d.state, d.answer`

func scanDelivery(r interface{ Scan(...any) error }) (d Delivery, err error) {
	var made, next int64
	err = r.Scan(&d.ID, &d.Type, &d.Subject, &d.Body, &made, &d.Hook, &next, &d.Tries, &d.State, &d.Answer)
	d.Made, d.Next = moment(made), moment(next)
	return d, err
}

// Announce keeps each event for every webhook that is on and told of its type, and
// returns for how many that was. They are on disk when it returns, all of them or none.
func (t *Tenant) Announce(ctx context.Context, events ...Event) (n int, err error) {
	var exists bool
	if err := t.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM hooks WHERE tenant = $1)`, t.no).Scan(&exists); err != nil || !exists {
		return 0, err
	}
	err = t.write(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE tenant = $1 AND disabled = 0 ORDER BY id`+t.kind.kept(), t.no)
		list, err := all(rows, err, func(r *sql.Rows) (Hook, error) { return scanHook(r) })
		if err != nil {
			return err
		}
		var deliveries [][]any
		for _, e := range events {
			for _, h := range list {
				if slices.Contains(h.Events, e.Type) {
					deliveries = append(deliveries, t.deliveryValues(e, h.ID, e.Made, 0))
				}
			}
		}
		n = len(deliveries)
		return t.put(ctx, tx, insertDelivery, deliveries, ` ON CONFLICT DO NOTHING`)
	})
	return n, err
}

const insertDelivery = `INSERT INTO deliveries (tenant, hook, id, event, subject, body, made, next, tries, state, answer)`

func (t *Tenant) deliveryValues(e Event, hook int64, next time.Time, tries int) []any {
	return []any{t.no, hook, e.ID, e.Type, e.Subject, e.Body, e.Made.UnixMilli(), next.UnixMilli(), tries, Waiting, ""}
}

// Claimed is a delivery that the caller alone has in hand, and where it goes.
type Claimed struct {
	Delivery
	To Hook
}

// Claim takes the delivery that is due longest in hand until a time: who has not settled it
// by then is taken for dead, and another takes it. busy are webhooks to leave alone. Where none
// is due it returns nil, and when the next one will be; zero where none waits.
func (t *Tenant) Claim(ctx context.Context, now, until time.Time, busy []int64) (c *Claimed, next time.Time, err error) {
	args := []any{t.no}
	for _, id := range slices.Concat(busy, []int64{0}) { // 0 is no webhook's
		args = append(args, id)
	}
	due := ` FROM deliveries d JOIN hooks h ON h.id = d.hook WHERE d.tenant = $1 AND d.state = 'waiting' AND h.disabled = 0
		AND d.hook NOT IN (` + parameters(1, len(args)-1) + `)`
	var soonest int64
	err = t.db.QueryRowContext(ctx, `SELECT d.next`+due+` ORDER BY d.next LIMIT 1`, args...).Scan(&soonest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, next, nil
	}
	if err != nil || soonest > now.UnixMilli() {
		return nil, moment(soonest), err
	}
	err = t.write(ctx, func(tx *sql.Tx) error {
		var d Delivery
		d, err := scanDelivery(tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+due+` AND d.next <= `+parameters(len(args), 1)+
			` ORDER BY d.next LIMIT 1`+t.kind.free("d"), append(args, now.UnixMilli())...))
		if err != nil {
			return err
		}
		d.Tries++
		d.Next = until
		c = &Claimed{Delivery: d}
		if c.To, err = scanHook(tx.QueryRowContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE id = $1`, d.Hook)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE deliveries SET next = $1, tries = $2 WHERE hook = $3 AND id = $4`, until.UnixMilli(), d.Tries, d.Hook, d.ID)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) { // another server was first
		return nil, now.Add(time.Second), nil
	}
	if err != nil {
		return nil, next, err
	}
	return c, next, nil
}

// ClaimNew keeps an event for one webhook alone, on or off, and has it in hand until a time as by [Tenant.Claim].
func (t *Tenant) ClaimNew(ctx context.Context, e Event, hook int64, until time.Time) (Claimed, error) {
	to, err := t.Hook(ctx, hook)
	if err != nil {
		return Claimed{}, err
	}
	err = t.write(ctx, func(tx *sql.Tx) error {
		return t.put(ctx, tx, insertDelivery, [][]any{t.deliveryValues(e, hook, until, 1)}, ``)
	})
	return Claimed{Delivery: Delivery{Event: e, Hook: hook, Next: until, Tries: 1, State: Waiting}, To: to}, err
}

// Settle writes what came of a try: the delivery's state, its answer, and when it is tried
// next where it still waits. Where another has it in hand by now, or it is gone, nothing is changed.
func (t *Tenant) Settle(ctx context.Context, d Delivery) error {
	return t.settle(ctx, d, d.Tries)
}

// Release gives a delivery back as if it had not been tried.
func (t *Tenant) Release(ctx context.Context, d Delivery, now time.Time) error {
	d.Next = now
	return t.settle(ctx, d, d.Tries-1)
}

func (t *Tenant) settle(ctx context.Context, d Delivery, tries int) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = $1, answer = $2, next = $3, tries = $4
			WHERE tenant = $5 AND hook = $6 AND id = $7 AND tries = $8 AND state = 'waiting'`,
			d.State, d.Answer, d.Next.UnixMilli(), tries, t.no, d.Hook, d.ID, d.Tries)
		return err
	})
}

// Deliveries are those to one webhook, the newest first, n at most.
func (t *Tenant) Deliveries(ctx context.Context, hook int64, n int) ([]Delivery, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE d.tenant = $1 AND d.hook = $2 ORDER BY d.made DESC, d.id DESC LIMIT $3`, t.no, hook, n)
	return all(rows, err, func(r *sql.Rows) (Delivery, error) { return scanDelivery(r) })
}

// DropDeliveries removes those made before a time, whatever became of them.
func (t *Tenant) DropDeliveries(ctx context.Context, before time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE hook IN (SELECT id FROM hooks WHERE tenant = $1) AND made < $2`, t.no, before.UnixMilli())
		return err
	})
}

// kept makes a query keep others from removing the rows it reads, and from nothing else.
func (k kind) kept() string {
	if k == postgres {
		return " FOR KEY SHARE"
	}
	return ""
}

// free makes a query pass over rows of a table that another holds, and hold those it reads.
func (k kind) free(table string) string {
	if k == postgres {
		return " FOR UPDATE OF " + table + " SKIP LOCKED"
	}
	return ""
}
