package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrNoPerson: there is nobody like that.
var ErrNoPerson = errors.New("there is no such person")

// ErrLoginTaken: somebody has that login already.
var ErrLoginTaken = errors.New("somebody has that login already")

// Person is who may sign in to the organisation's pages. What a person does not have is empty or zero.
type Person struct {
	ID int64
	// Login is how they sign in, in one spelling; Name is for reading.
	Login, Name, Role string
	// Password is its argon2id text.
	Password string
	// TOTP is the secret of their one-time codes, and TOTPStep the latest step whose code was used.
	TOTP     string
	TOTPStep int64
	// Subject is the OpenID Connect issuer, a space and its name for them.
	Subject string
	// Setup is the digest of a one-time link's code, which counts until SetupEnds.
	Setup     string
	SetupEnds time.Time
	// Generation is one more each time that all their visits end.
	Generation int64
	// Disabled is since when they may not sign in; Created when they were added.
	Disabled, Created time.Time
}

const personColumns = `login, name, role, password, totp, totp_step, subject, setup, setup_ends, generation, disabled, created`

func (p Person) values() []any {
	return []any{p.Login, p.Name, p.Role, p.Password, p.TOTP, p.TOTPStep, p.Subject, p.Setup, stamp(p.SetupEnds), p.Generation, stamp(p.Disabled), stamp(p.Created)}
}

func scanPerson(r interface{ Scan(...any) error }) (p Person, err error) {
	var ends, disabled, created int64
	err = r.Scan(&p.ID, &p.Login, &p.Name, &p.Role, &p.Password, &p.TOTP, &p.TOTPStep, &p.Subject, &p.Setup, &ends, &p.Generation, &disabled, &created)
	p.SetupEnds, p.Disabled, p.Created = moment(ends), moment(disabled), moment(created)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoPerson
	}
	return p, err
}

// AddPerson keeps a new person, and returns them with their id; [ErrLoginTaken] where the login is another's.
func (t *Tenant) AddPerson(ctx context.Context, p Person) (Person, error) {
	err := t.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO people (tenant, `+personColumns+`) VALUES (`+parameters(0, 13)+`)
			ON CONFLICT (tenant, login) DO NOTHING RETURNING id`, append([]any{t.no}, p.values()...)...).Scan(&p.ID)
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrLoginTaken
		}
		return err
	})
	return p, err
}

// People are all people, by their logins.
func (t *Tenant) People(ctx context.Context) ([]Person, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT id, `+personColumns+` FROM people WHERE tenant = $1 ORDER BY login`, t.no)
	return all(rows, err, func(r *sql.Rows) (Person, error) { return scanPerson(r) })
}

// PersonByID is the person of that id; [ErrNoPerson] where there is none.
func (t *Tenant) PersonByID(ctx context.Context, id int64) (Person, error) {
	return t.person(ctx, `id = $2`, id)
}

// PersonByLogin is the person of that login; [ErrNoPerson] where there is none.
func (t *Tenant) PersonByLogin(ctx context.Context, login string) (Person, error) {
	return t.person(ctx, `login = $2`, login)
}

// PersonBySubject is the person of that subject; [ErrNoPerson] where there is none.
func (t *Tenant) PersonBySubject(ctx context.Context, subject string) (Person, error) {
	return t.person(ctx, `subject = $2 AND subject <> ''`, subject)
}

// PersonBySetup is whose one-time link has the code of that digest, expired or not; [ErrNoPerson] where there is none.
func (t *Tenant) PersonBySetup(ctx context.Context, digest string) (Person, error) {
	return t.person(ctx, `setup = $2 AND setup <> ''`, digest)
}

func (t *Tenant) person(ctx context.Context, where string, value any) (Person, error) {
	return scanPerson(t.db.QueryRowContext(ctx, `SELECT id, `+personColumns+` FROM people WHERE tenant = $1 AND `+where, t.no, value))
}

// ChangePerson changes one person, and returns them as they are then. change gets them
// and all people as they are; nobody else changes any of them before it is done. Its
// error is returned, and then nothing was changed.
func (t *Tenant) ChangePerson(ctx context.Context, id int64, change func(p *Person, all []Person) error) (p Person, err error) {
	err = t.write(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, `+personColumns+` FROM people WHERE tenant = $1 ORDER BY id`+t.kind.locked(), t.no)
		list, err := all(rows, err, func(r *sql.Rows) (Person, error) { return scanPerson(r) })
		if err != nil {
			return err
		}
		found := false
		for _, q := range list {
			if q.ID == id {
				p, found = q, true
			}
		}
		if !found {
			return ErrNoPerson
		}
		if err := change(&p, list); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE people SET (`+personColumns+`) = (`+parameters(2, 12)+`) WHERE tenant = $1 AND id = $2`,
			append([]any{t.no, id}, p.values()...)...)
		return touched(done, err, ErrNoPerson)
	})
	return p, err
}
