package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// rowsOfBench is how many reports the lists are measured with; LINECHECK_ROWS sets another number.
func rowsOfBench(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("LINECHECK_ROWS"))
	if err != nil {
		return 1_000_000
	}
	return n
}

// What the generator fills the tables with, for n reports: 240 facets of 10 roles, 6 regions, 3 verdicts, observed
// and decided or not, in uneven numbers; names for one in three; the received times go through three years.
// The first is a source of whole numbers from 1 to n as i, the second makes a digest of one.
func generator(n int, numbers, digest string) []string {
	const facet = `(1 + (i % 24) * 10 + (i / 24) % 10)`
	const name = `(CASE WHEN i % 3 = 0 THEN 'name' || (i % 977) || ' family' || (i % 9973) ELSE '' END)`
	at := fmt.Sprintf(`(1700000000000 + i * %d)`, int64(94608000000)/int64(n))
	replace := func(s string) string {
		return strings.NewReplacer("{facet}", facet, "{name}", name, "{at}", at, "{numbers}", numbers, "{digest}", digest).Replace(s)
	}
	list := []string{
		`INSERT INTO facets (id, tenant, role, region, verdict, observed, decision, reports)
			SELECT i, 1, 'role' || (i % 10), 'region' || (i % 6), CASE i % 3 WHEN 0 THEN 'not-ready' ELSE 'ready' END || CASE i % 7 WHEN 0 THEN '-with-warnings' ELSE '' END, i % 2,
			'd' || i, 1 FROM ` + strings.Replace(numbers, fmt.Sprint(n), "240", 1),
		`INSERT INTO reports (id, tenant, digest, invite, session, received, facet, applicant, sought, found, machine, salt, receipt, bundle)
			SELECT 1099511627776 + i - 1, 1, {digest}, 'i' || i, 's', {at}, {facet}, 'A-' || i, 'a-' || i, {name}, '', '', '', '' FROM {numbers}`,
		`INSERT INTO invites (tenant, id, applicant, name, role, region, language, policy, runs, issued, ends, opened, running, reported, revoked)
			SELECT 1, 'i' || i, 'A-' || i, {name}, 'role', 'region', '', '', 1, {at}, {at}, 0, 0, {at}, 0 FROM {numbers}`,
		`INSERT INTO words (tenant, word, report) SELECT 1, {name}, 1099511627776 + i - 1 FROM {numbers} WHERE i % 3 = 0`,
		`INSERT INTO words (tenant, word, report) SELECT 1, 'family' || (i % 9973), 1099511627776 + i - 1 FROM {numbers} WHERE i % 3 = 0`,
	}
	for i := range list {
		list[i] = replace(list[i])
	}
	return list
}

func generate(b *testing.B, driver, address string, statements []string) {
	b.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			b.Fatalf("%v\n%s", err, s)
		}
	}
}

// The portal's list with a million reports or what LINECHECK_ROWS says: half-sparse and sparse filters, search,
// deep pages, every order. Beside it as a floor: the same number of rows by their primary keys.
func BenchmarkList(b *testing.B) {
	n := rowsOfBench(b)
	b.Run("sqlite", func(b *testing.B) {
		dir := b.TempDir()
		s, err := store.Open(dir)
		t := tenantOf(b, s, err)
		series := fmt.Sprintf(`(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n)`, n)
		generate(b, "sqlite", "file:"+filepath.Join(dir, "linecheck.db")+"?_pragma=synchronous(OFF)&_pragma=cache_size(-400000)", generator(n, series, `lower(hex(randomblob(32)))`))
		lists(b, t, n)
	})
	b.Run("postgres", func(b *testing.B) {
		address := postgres.Database(b)
		s, err := store.Connect(b.Context(), address)
		t := tenantOf(b, s, err)
		series := fmt.Sprintf(`(SELECT generate_series(1, %d)::bigint AS i) AS n`, n)
		generate(b, "pgx", address, append(generator(n, series, `md5(i::text) || md5((-i)::text)`), `ANALYZE`))
		lists(b, t, n)
	})
}

func lists(b *testing.B, t *store.Tenant, n int) {
	day := func(i int) time.Time { return time.UnixMilli(1700000000000).Add(time.Duration(i) * 24 * time.Hour) }
	kinds := []struct {
		name string
		ask  func(i int) store.Query
	}{
		{"all", func(int) store.Query { return store.Query{} }},
		{"oldest", func(int) store.Query { return store.Query{Sort: store.Oldest} }},
		{"by-applicant", func(int) store.Query { return store.Query{Sort: store.ByApplicant} }},
		{"one-filter", func(i int) store.Query { return store.Query{Role: fmt.Sprint("role", i%10)} }},
		{"three-filters", func(i int) store.Query {
			return store.Query{Role: fmt.Sprint("role", i%10), Region: fmt.Sprint("region", i%6), Verdict: "not-ready", Observed: "yes"}
		}},
		{"filter-by-applicant", func(i int) store.Query {
			return store.Query{Region: fmt.Sprint("region", i%6), Sort: store.ByApplicant}
		}},
		{"a-day", func(i int) store.Query {
			return store.Query{From: day(i % 1000), Until: day(i%1000 + 1), Verdict: "not-ready"}
		}},
		{"search-reference", func(i int) store.Query { return store.Query{Search: fmt.Sprint("A-", 1000+i*7919%n)} }},
		{"search-name", func(i int) store.Query { return store.Query{Search: fmt.Sprint("Family", i*31%9973)} }},
		{"search-in-filter", func(i int) store.Query { return store.Query{Search: fmt.Sprint("family", i*31%9973), Verdict: "ready"} }},
	}
	for _, k := range kinds {
		b.Run(k.name, func(b *testing.B) { ask(b, t, k.ask) })
	}
	b.Run("deep-page", func(b *testing.B) {
		ask(b, t, func(i int) store.Query {
			return store.Query{Verdict: "not-ready", After: fmt.Sprintf("%d.%d", day(i%1000).UnixMilli(), 1)}
		})
	})
	b.Run("floor", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			if _, err := t.History(context.Background(), fmt.Sprint("A-", i)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// ask reports the 95th percentile beside the mean.
func ask(b *testing.B, t *store.Tenant, query func(i int) store.Query) {
	var took []time.Duration
	rows := 0
	for i := 0; b.Loop(); i++ {
		q := query(i)
		q.Limit = 50
		begun := time.Now()
		p, err := t.List(context.Background(), q)
		if err != nil && !errors.Is(err, store.ErrBroad) {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
		rows += len(p.Rows)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(rows)/float64(len(took)), "rows")
}
