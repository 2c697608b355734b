package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
)

// twoServers runs a test with two servers on one database, and a way around them.
func twoServers(t *testing.T, test func(t *testing.T, a, b *store.Tenant, db *sql.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, openStore(t, dir), openStore(t, dir), raw(t, "sqlite", filepath.Join(dir, "linecheck.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		url := postgres.Database(t)
		open := func() *store.Tenant { s, err := store.Connect(t.Context(), url); return tenantOf(t, s, err) }
		test(t, open(), open(), raw(t, "pgx", url))
	})
}

// crowd is what many do at once to one database, at random.
type crowd struct {
	*testing.T
	servers [2]*clerk
	mu      sync.Mutex
	sent    []store.Report
}

const (
	crowdInvites = 80
	crowdRuns    = 4
)

// invite is one of a few, two of each applicant.
func (c *crowd) invite(n int) store.Invite {
	inv := under(fmt.Sprintf("invite-%03d", n), crowdRuns)
	inv.Applicant, inv.Region = fmt.Sprintf("Äpp-%d", n/2), []string{"EU", "US"}[n%2]
	inv.Name = fmt.Sprintf("Maria López %d", n/2)
	return inv
}

// any is a report that was sent, and may be gone by now.
func (c *crowd) any(draw *rand.Rand) (store.Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sent) == 0 {
		return store.Report{}, false
	}
	return c.sent[draw.IntN(len(c.sent))], true
}

// act does one thing by one of the servers.
func (c *crowd) act(draw *rand.Rand) error {
	s := c.servers[draw.IntN(2)]
	inv, at := c.invite(draw.IntN(crowdInvites)), noon().Add(time.Duration(draw.IntN(1000))*time.Second)
	some, ok := c.any(draw)
	switch n := draw.IntN(100); {
	case n < 45 || !ok:
		r := made(c, inv.ID)
		r.Invite, r.Signature, r.Observed = inv, "María de la Cruz", draw.IntN(2) == 0
		r.Verdict = []report.Verdict{report.Ready, report.NotReady}[draw.IntN(2)]
		if draw.IntN(2) == 0 {
			if _, err := s.store.StartRun(context.Background(), inv, r.Session, at); err != nil {
				return err
			}
		}
		if _, err := s.store.TakeIn(context.Background(), r, at, s); err != nil {
			return err
		}
		c.mu.Lock()
		c.sent = append(c.sent, r)
		c.mu.Unlock()
	case n < 55:
		_, err := s.store.TakeIn(context.Background(), some, at, s)
		return err
	case n < 80:
		return s.store.Decide(context.Background(), some.Digest, store.Decided{Time: at, Person: "p", Kind: store.Decisions()[draw.IntN(4)]})
	case n < 88:
		return s.store.Reuse(context.Background(), inv.ID, some.Digest, noon())
	case n < 96:
		return s.store.Erase(context.Background(), some.Digest, at)
	case n < 97:
		_, err := s.store.EraseApplicant(context.Background(), inv.Applicant, "w", at)
		return err
	default:
		_, err := s.store.EraseBefore(context.Background(), noon().Add(time.Minute), 3, "w", noon())
		return err
	}
	return nil
}

// expected are the errors that are answers.
func expected(err error) bool {
	return slices.ContainsFunc([]error{store.ErrRunsUsed, store.ErrRevoked, store.ErrErased, store.ErrSessionUsed, store.ErrUnknown, store.ErrReuse, store.ErrHeld},
		func(e error) bool { return errors.Is(err, e) })
}

// Whatever two servers do at once, what is counted is what is there.
func TestCountsHoldWhateverHappensAtOnce(t *testing.T) {
	twoServers(t, func(t *testing.T, a, b *store.Tenant, db *sql.DB) {
		key := newKey(t)
		c := &crowd{T: t, servers: [2]*clerk{{a, key}, {b, key}}}
		for n := range crowdInvites / 2 {
			put(t, a, store.Coded{Invite: c.invite(2 * n), Code: fmt.Sprint(n), Sealed: []byte("s")}) // the others come from elsewhere
		}
		var wait sync.WaitGroup
		for seed := range 8 {
			draw := rand.New(rand.NewPCG(uint64(seed), 7))
			wait.Go(func() {
				for range 60 {
					if err := c.act(draw); err != nil && !expected(err) {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		recount(t, a, db)
	})
}

// recount holds what is counted and kept beside the reports against the reports.
func recount(t *testing.T, s *store.Tenant, db *sql.DB) {
	t.Helper()
	audit := auditOf(t, s)
	if len(audit.Faults) != 0 || audit.Reports+audit.Erased != audit.Size || audit.Reports < 20 || audit.Erased < 20 {
		t.Errorf("%d entries, %d reports, %d erased: %q", audit.Size, audit.Reports, audit.Erased, audit.Faults)
	}
	for what, question := range map[string]string{
		"facets that count wrong":            `SELECT count(*) FROM facets f WHERE reports <> (SELECT count(*) FROM reports r WHERE r.facet = f.id AND r.tenant = f.tenant)`,
		"words of no report":                 `SELECT count(*) FROM words WHERE report NOT IN (SELECT id FROM reports)`,
		"decisions about no report":          `SELECT count(*) FROM decisions WHERE report NOT IN (SELECT id FROM reports)`,
		"decisions that are not the facet's": `SELECT count(*) FROM reports r JOIN facets f ON f.id = r.facet WHERE f.decision <> coalesce((SELECT kind FROM decisions d WHERE d.report = r.id ORDER BY d.id DESC LIMIT 1), '')`,
		"invites that no report serves":      `SELECT count(*) FROM invite_reuse WHERE report NOT IN (SELECT id FROM reports) OR invite NOT IN (SELECT id FROM invites)`,
		"runs that lost their report":        `SELECT count(*) FROM runs WHERE report <> 0 AND (erased = 0) <> (report IN (SELECT id FROM reports))`,
		"reports without their run":          `SELECT count(*) FROM reports r WHERE NOT EXISTS (SELECT 1 FROM runs WHERE report = r.id AND invite = r.invite AND session = r.session)`,
		"invites with runs too many":         fmt.Sprintf(`SELECT count(*) FROM (SELECT invite FROM runs GROUP BY invite HAVING count(*) > %d) AS x`, crowdRuns),
		"reports of an applicant forgotten":  `SELECT count(*) FROM reports r JOIN invites i ON i.tenant = r.tenant AND i.id = r.invite WHERE i.applicant = ''`,
	} {
		var n int64
		if err := db.QueryRow(question).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d (%v)", what, n, err)
		}
	}
	rowsAgree(t, s, db, audit.Reports)
}

// rowsAgree holds the list and its counts, and what is found by words, against the reports.
func rowsAgree(t *testing.T, s *store.Tenant, db *sql.DB, reports int64) {
	t.Helper()
	counted, listed := map[store.Facet]int64{}, map[store.Facet]int64{}
	facets, err := s.Facets(t.Context())
	for _, f := range facets {
		counted[f.Facet] = f.Reports
	}
	p, err2 := s.List(t.Context(), store.Query{})
	for _, r := range p.Rows {
		listed[r.Facet]++
	}
	if d := cmp.Diff(listed, counted); d != "" || err != nil || err2 != nil || int64(len(p.Rows)) != reports || (store.Query{}).Count(facets) != reports {
		t.Errorf("%v %v %d listed of %d: %s", err, err2, len(p.Rows), reports, d)
	}
	if n := len(pages(t, s, store.Query{Search: "cruz", Limit: 7})); int64(n) != reports {
		t.Errorf("%d of %d found by a word", n, reports)
	}
	var found, words int
	rows, err := db.Query(`SELECT found FROM reports`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found += len(strings.Fields(strings.ReplaceAll(text, " ", "_")))
	}
	if err := errors.Join(rows.Err(), db.QueryRow(`SELECT count(*) FROM words`).Scan(&words)); err != nil || words != found {
		t.Errorf("%d words, and the reports name %d (%v)", words, found, err)
	}
}

// waits returns once somebody waits for a lock of PostgreSQL's, or nobody will.
func waits(t *testing.T, db *sql.DB, done chan error) {
	t.Helper()
	for some := false; !some && len(done) == 0; runtime.Gosched() {
		if err := db.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)`).Scan(&some); err != nil {
			t.Fatal(err)
		}
	}
}

// held runs what waits for another's transaction: that one does first, and at last when the other waits.
func held(t *testing.T, db *sql.DB, first []string, waiter func() error, last ...string) error {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	run := func(list []string) {
		for _, s := range list {
			if _, err := tx.Exec(s); err != nil {
				t.Error(err)
			}
		}
	}
	run(first)
	done := make(chan error, 1)
	go func() { done <- waiter() }()
	waits(t, db, done)
	run(last)
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	return <-done
}

// A session that begins on another server while a report comes takes up its run: there is never one too many.
func TestARunIsNotGivenTwice(t *testing.T) {
	url := postgres.Database(t)
	s, err := store.Connect(t.Context(), url)
	c, db := &clerk{tenantOf(t, s, err), newKey(t)}, raw(t, "pgx", url)
	put(t, c.store, store.Coded{Invite: under("i", 1), Code: "c", Sealed: []byte("s")})
	r := made(t, "i")
	r.Invite.Runs = 1
	err = held(t, db, []string{`UPDATE invites SET running = 1 WHERE id = 'i'`}, func() error {
		_, err := c.store.TakeIn(context.Background(), r, noon(), c)
		return err
	}, `INSERT INTO runs (tenant, invite, session, started) SELECT tenant, id, 'other', 1 FROM invites`)
	if n, _ := c.store.RunsUsed(t.Context(), "i"); !errors.Is(err, store.ErrRunsUsed) || n != 1 {
		t.Errorf("%d runs, %v", n, err)
	}
	// The same where no server has seen the invite before.
	r = made(t, "new")
	r.Invite.Runs = 1
	err = held(t, db, []string{`SELECT 1 FROM logs FOR UPDATE`}, func() error {
		_, err := c.store.StartRun(context.Background(), under("new", 1), "late", noon())
		return err
	}, `INSERT INTO runs (tenant, invite, session, started) SELECT tenant, 'new', 'other', 1 FROM invites`)
	if n, _ := c.store.RunsUsed(t.Context(), "new"); !errors.Is(err, store.ErrRunsUsed) || n != 1 {
		t.Errorf("%d runs, %v", n, err)
	}
}

// Where two wait for each other PostgreSQL ends one, which is run again.
func TestOneOfTwoWhoWaitForEachOtherIsRunAgain(t *testing.T) {
	url := postgres.Database(t)
	s, err := store.Connect(t.Context(), url)
	tt, db := tenantOf(t, s, err), raw(t, "pgx", url)
	put(t, tt, store.Coded{Invite: of("A", "one"), Code: "1", Sealed: []byte("s")}, store.Coded{Invite: of("A", "two"), Code: "2", Sealed: []byte("s")})
	err = held(t, db, []string{`SET LOCAL deadlock_timeout = '1h'`, `UPDATE invites SET opened = 1 WHERE id = 'two'`}, func() error {
		_, err := tt.EraseApplicant(context.Background(), "A", "w", noon())
		return err
	}, `UPDATE invites SET opened = 1 WHERE id = 'one'`)
	inv, err2 := tt.InviteByID(t.Context(), "one")
	if err != nil || err2 != nil || inv.Applicant != "" || inv.Opened.IsZero() {
		t.Errorf("%+v %v %v", inv, err, err2)
	}
}
