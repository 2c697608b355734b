package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/report"
)

// seen keeps the questions that go through a database's connections.
type seen struct {
	mu   sync.Mutex
	list []question
}

type question struct {
	text string
	args []any
}

func (s *seen) take() []question {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

func (s *seen) add(text string, args []driver.NamedValue) {
	q := question{text: text}
	for _, a := range args {
		q.args = append(q.args, a.Value)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, q)
}

// watched is a database whose questions are seen.
type watched struct {
	of   driver.Driver
	name string
	seen *seen
}

func (w watched) Connect(context.Context) (driver.Conn, error) {
	c, err := w.of.Open(w.name)
	return watchedConn{c, w.seen}, err
}

func (w watched) Driver() driver.Driver { return w.of }

type watchedConn struct {
	driver.Conn
	seen *seen
}

func (c watchedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c watchedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.seen.add(text, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
}

func (c watchedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.seen.add(text, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
}

// words seal nothing.
type words struct{}

func (words) Receipt(Report, Place, time.Time) ([]byte, error)      { return []byte("r"), nil }
func (words) Checkpoint(report.LogEntry, time.Time) ([]byte, error) { return []byte("c"), nil }

// watchedTenant has three reports under one invite, each of a region of its own.
func watchedTenant(t *testing.T) (*Tenant, *seen) {
	t.Helper()
	dir, saw := t.TempDir(), &seen{}
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(watched{first.db.Driver(), "file:" + filepath.ToSlash(filepath.Join(dir, file)) + "?" + writing, saw})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s := newStore(db, sqlite)
	t.Cleanup(func() { _ = s.Close() })
	tt, err := s.Tenant(t.Context(), "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	at := time.UnixMilli(1e12)
	inv := Invite{ID: "i", Applicant: "A-1", Name: "Maria Lopez", Role: "r", Region: "EU", Runs: 3, Issued: at, Ends: at.Add(time.Hour)}
	if err := tt.PutInvites(t.Context(), []Coded{{Invite: inv, Code: "c", Sealed: []byte("s")}}); err != nil {
		t.Fatal(err)
	}
	for i, digest := range []string{"ab", "cd", "ef"} {
		inv.Region = []string{"EU", "US", "AP"}[i]
		r := Report{Digest: strings.Repeat(digest, 32), Session: digest, Invite: inv, Verdict: report.Ready, Machine: "m", Bundle: []byte("b")}
		if _, err := tt.TakeIn(t.Context(), r, at, words{}); err != nil {
			t.Fatal(err)
		}
	}
	saw.take()
	return tt, saw
}

// plan is how SQLite goes about a question.
func (t *Tenant) plan(ctx context.Context, q question) (string, error) {
	rows, err := t.db.QueryContext(ctx, `EXPLAIN QUERY PLAN `+q.text, q.args...)
	lines, err := all(rows, err, func(r *sql.Rows) (s string, err error) {
		var id, parent, unused int
		return s, r.Scan(&id, &parent, &unused, &s)
	})
	return strings.Join(lines, "\n"), err
}

// No question that a page asks goes through a whole table: each is answered along an index, which is named here.
func TestNoTableIsGoneThrough(t *testing.T) {
	s, saw := watchedTenant(t)
	ctx, at := t.Context(), time.UnixMilli(1e12)
	list := func(q Query) func() error {
		return func() error { _, err := s.List(ctx, q); return err }
	}
	related := func(ask func(context.Context, string) ([]Row, error), of string) func() error {
		return func() error {
			list, err := ask(ctx, of)
			if err == nil && len(list) == 0 {
				err = fmt.Errorf("nothing is found of %s", of)
			}
			return err
		}
	}
	invites := func(state InviteState, applicant, after string) func() error {
		return func() error { _, _, err := s.Invites(ctx, state, applicant, after, 10, at); return err }
	}
	for name, c := range map[string]struct {
		ask     func() error
		indexes string // with | between
	}{
		"list":                   {list(Query{}), "reports_received"},
		"list, next page":        {list(Query{After: "1000000000001.1099511627777"}), "reports_received"},
		"list, oldest, dates":    {list(Query{Sort: Oldest, From: at, Until: at.Add(time.Hour), After: "999.1"}), "reports_received"},
		"list, filtered":         {list(Query{Region: "EU", From: at, After: "1000000000001.1099511627777"}), "reports_facet_received"},
		"list, by applicant":     {list(Query{Sort: ByApplicant, After: "41.1"}), "reports_facet_sought"},
		"list, applicant, dates": {list(Query{Sort: ByApplicant, From: at}), "reports_received"},
		"search":                 {list(Query{Search: "mar", From: at}), "words USING PRIMARY KEY (tenant=? AND word>? AND word<?)|reports_facet_sought (facet=? AND sought>? AND sought<?)"},
		"search, digest":         {list(Query{Search: "abababab"}), "sqlite_autoindex_reports_1|reports_facet_sought"},
		"history":                {related(s.History, "A-1"), "reports_facet_sought (facet=? AND sought=?)"},
		"same machine":           {related(s.SameMachine, "m"), "reports_machine (tenant=? AND machine=?)"},
		"under an invite":        {related(s.UnderInvite, "i"), "sqlite_autoindex_runs_1 (tenant=? AND invite=?)"},
		"reused":                 {func() error { _, _, err := s.Reused(ctx, "i"); return without(err, ErrUnknown) }, "u USING PRIMARY KEY (tenant=? AND invite=?)"},
		"serving":                {func() error { _, err := s.Serving(ctx, strings.Repeat("ab", 32)); return err }, "invite_reuse_report (tenant=? AND report=?)"},
		"report":                 {func() error { _, err := s.Report(ctx, strings.Repeat("ab", 32)); return err }, "sqlite_autoindex_reports_1"},
		"between":                {func() error { _, err := s.Between(ctx, "aa", "cc"); return err }, "sqlite_autoindex_reports_1"},
		"receipt":                {func() error { _, err := s.Receipt(ctx, "aa"); return err }, "sqlite_autoindex_reports_1"},
		"decided":                {func() error { _, err := s.Decided(ctx, "aa"); return err }, "sqlite_autoindex_reports_1|decisions_report"},
		"erase":                  {func() error { return without(s.Erase(ctx, strings.Repeat("ef", 32), at), ErrUnknown) }, "invite_reuse_report (tenant=? AND report=?)|deliveries_subject"},
		"erase applicant":        {func() error { _, err := s.EraseApplicant(ctx, "nobody", "w", at); return without(err, ErrUnknown) }, "invites_applicant (tenant=? AND applicant=?)"},
		"erase before":           {func() error { _, err := s.EraseBefore(ctx, at, 10, "w", at); return err }, "reports_received|invites_issued"},
		"a visit":                {func() error { return s.SaveVisit(ctx, "t", []byte("d"), at.Add(time.Hour), at) }, "visits_expires (tenant=? AND expires<?)"},
		"claim":                  {func() error { _, _, err := s.Claim(ctx, at, at, nil); return err }, "deliveries_due"},
		"drop deliveries":        {func() error { return s.DropDeliveries(ctx, at) }, "deliveries_made"},
		"deliveries":             {func() error { _, err := s.Deliveries(ctx, 1, 10); return err }, "deliveries_made"},
		"trail":                  {func() error { _, err := s.Trail(ctx, 0, 10); return err }, "trail_time (tenant=? AND id<?)"},
		"trail, next page":       {func() error { _, err := s.Trail(ctx, 7, 10); return err }, "trail_time (tenant=? AND id<?)"},
		"invites":                {invites("", "", ""), "invites_issued"},
		"invites, next page":     {invites("", "", "5.i"), "invites_issued"},
		"invites, sent":          {invites(Sent, "", ""), "invites_open"},
		"invites, opened":        {invites(Opened, "", ""), "invites_open"},
		"invites, running":       {invites(Running, "", "5.i"), "invites_open"},
		"invites, expired":       {invites(Expired, "", "5.i"), "invites_open"},
		"invites, reported":      {invites(Reported, "", ""), "invites_issued"},
		"invites, revoked":       {invites(Revoked, "", ""), "invites_issued"},
		"invites, by reference":  {invites("", "A-", ""), "invites_applicant"},
	} {
		t.Run(name, func(t *testing.T) { checkPlans(t, s, saw, c.ask, c.indexes) })
	}
}

func checkPlans(t *testing.T, s *Tenant, saw *seen, ask func() error, indexes string) {
	saw.take()
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	var plans []string
	for _, q := range saw.take() {
		if strings.HasPrefix(q.text, "PRAGMA") {
			continue
		}
		p, err := s.plan(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, p)
	}
	all := strings.Join(plans, "\n")
	if whole := regexp.MustCompile(`SCAN (r|f|i|u|d|reports|facets|runs|invites|words|trail|decisions|invite_reuse|codes)\b.*`).FindString(all); whole != "" || all == "" {
		t.Errorf("%s in\n%s", whole, all)
	}
	for _, index := range strings.Split(indexes, "|") {
		if !strings.Contains(all, index) {
			t.Errorf("%s is not used:\n%s", index, all)
		}
	}
}

func without(err, expected error) error {
	if err == expected {
		return nil
	}
	return err
}
