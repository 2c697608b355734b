package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// raw opens a database beside the store.
func raw(t *testing.T, driver, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func do(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// column is a column of a SQLite database.
type column struct {
	table, name, kind string
	key               int
}

// columnsOf are all columns of all tables but those that no backup needs.
func columnsOf(t *testing.T, db *sql.DB) (list []column) {
	t.Helper()
	rows, err := db.Query(`SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT IN ('goose_db_version', 'sqlite_sequence') ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.table, &c.name, &c.kind, &c.key); err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	if len(list) < 60 {
		t.Fatalf("only %d columns: the test looks in the wrong place", len(list))
	}
	return list
}

// value is what stands in the n-th row of a column, from 1. Numbers are the row's own, so that rows refer to rows that are there.
func (c column) value(n int) any {
	switch {
	case c.table+"."+c.name == "deliveries.state":
		return []string{"waiting", "done", "given-up"}[n-1]
	case c.kind == "INTEGER":
		return n * 7
	case c.kind == "BLOB":
		return [][]byte{{}, {0, 255, '\''}, []byte(strings.Repeat("b", 100_000))}[n-1]
	default:
		return []string{"", "naïve 'x'; \"y\"\r\n\t\\ ｅ", "long " + strings.Repeat("é", 5000)}[n-1] + map[bool]string{true: fmt.Sprint(n)}[c.key > 0]
	}
}

// dump is every row of every table, in the order of the keys.
func dump(t *testing.T, db *sql.DB, columns []column) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for i := 0; i < len(columns); {
		table := columns[i].table
		var names, key []string
		for ; i < len(columns) && columns[i].table == table; i++ {
			names = append(names, columns[i].name)
			if columns[i].key > 0 {
				key = append(key, columns[i].name)
			}
		}
		rows, err := db.Query(`SELECT ` + strings.Join(names, ",") + ` FROM ` + table + ` ORDER BY ` + strings.Join(key, ","))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row, at := make([]any, len(names)), make([]any, len(names))
			for k := range row {
				at[k] = &row[k]
			}
			if err := rows.Scan(at...); err != nil {
				t.Fatal(err)
			}
			for k, v := range row {
				if b, ok := v.([]byte); ok {
					row[k] = fmt.Sprintf("bytes %x", b)
				}
			}
			out[table] = append(out[table], fmt.Sprintf("%q", row))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Every row of every table that the schema has goes there and back, whichever tables come to be, and
// PostgreSQL counts on after them.
func TestEveryTableIsMoved(t *testing.T) {
	dir := t.TempDir()
	s := opened(t)(store.Open(dir))
	db := raw(t, "sqlite", filepath.Join(dir, "linecheck.db"))
	columns := columnsOf(t, db)
	tables := map[string][]column{}
	for _, c := range columns {
		tables[c.table] = append(tables[c.table], c)
	}
	for name, list := range tables {
		for n := 1; n <= 3; n++ {
			var names, marks []string
			var values []any
			for _, c := range list {
				names, marks, values = append(names, c.name), append(marks, "?"), append(values, c.value(n))
			}
			do(t, db, `INSERT INTO `+name+` (`+strings.Join(names, ",")+`) VALUES (`+strings.Join(marks, ",")+`)`, values...)
		}
	}
	want := dump(t, db, columns)
	for name := range tables {
		if len(want[name]) != 3 {
			t.Fatalf("%s has %d rows", name, len(want[name]))
		}
	}
	first := filepath.Join(t.TempDir(), "first.db")
	url := postgres.Database(t)
	pg := opened(t)(store.Connect(t.Context(), url))
	second := filepath.Join(t.TempDir(), "second.db")
	last := t.TempDir()
	for i, step := range []func() error{
		func() error { return store.Backup(t.Context(), s, first) },
		func() error { return store.Restore(t.Context(), first, pg) },
		func() error { return store.Backup(t.Context(), pg, second) },
		func() error { return store.Restore(t.Context(), second, opened(t)(store.Open(last))) },
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	served := raw(t, "pgx", url)
	for where, db := range map[string]*sql.DB{
		"the backup": raw(t, "sqlite", first), "PostgreSQL": served,
		"its backup": raw(t, "sqlite", second), "restored": raw(t, "sqlite", filepath.Join(last, "linecheck.db")),
	} {
		if d := cmp.Diff(want, dump(t, db, columns)); d != "" {
			t.Errorf("%s: %.2000s", where, d)
		}
	}
	countsOn(t, served)
}

func countsOn(t *testing.T, db *sql.DB) {
	rows, err := db.Query(`SELECT pg_get_serial_sequence(table_name, column_name) FROM information_schema.columns WHERE is_identity = 'YES' AND table_name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var sequence string
		var next int
		if err := errors.Join(rows.Scan(&sequence), db.QueryRow(`SELECT nextval($1::text::regclass)`, sequence).Scan(&next)); err != nil || next != 22 {
			t.Errorf("%s goes on with %d (%v)", sequence, next, err)
		}
	}
	if n < 5 {
		t.Errorf("only %d sequences: the test looks in the wrong place", n)
	}
}

// What is no backup fills nothing, and an empty database stays empty.
func TestRestoreRefuses(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	w := newTown(t, opened(t)(store.Open(t.TempDir())))
	for range 200 {
		w.clerks[0].take(t, noon())
	}
	if err := store.Backup(t.Context(), w.store, at("good.db")); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(at("good.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"prose.db": []byte("this is not a database, and never was one, however long it is read"), "empty.db": nil,
		"cut.db": good[:len(good)*2/3/4096*4096], "later.db": good, "foreign.db": nil, "column.db": good,
	} {
		if err := os.WriteFile(at(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do(t, raw(t, "sqlite", at("later.db")), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	do(t, raw(t, "sqlite", at("foreign.db")), `CREATE TABLE reports (id INTEGER PRIMARY KEY)`)
	do(t, raw(t, "sqlite", at("column.db")), `ALTER TABLE trail ADD COLUMN more TEXT`)
	for kind, open := range both() {
		t.Run(kind, func(t *testing.T) {
			to := open(t)
			for name, want := range map[string]error{"prose.db": store.ErrNoBackup, "empty.db": store.ErrNoBackup, "foreign.db": store.ErrNoBackup, "missing.db": fs.ErrNotExist} {
				if err := store.Restore(t.Context(), at(name), to); !errors.Is(err, want) {
					t.Errorf("%s: %v", name, err)
				}
			}
			for name, want := range map[string]string{"cut.db": "malformed", "later.db": "later version", "column.db": "only one of the databases has trail.more"} {
				if err := store.Restore(t.Context(), at(name), to); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v", name, err)
				}
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := store.Restore(ended, at("good.db"), to); !errors.Is(err, context.Canceled) {
				t.Errorf("given up: %v", err)
			}
			if c, err := to.Contents(t.Context()); c != (store.Contents{}) || err != nil {
				t.Errorf("half filled: %+v %v", c, err)
			}
			if err := store.Restore(t.Context(), at("good.db"), to); err != nil {
				t.Error(err)
			}
			audits(t, to)
		})
	}
	if after, err := os.ReadFile(at("good.db")); err != nil || !bytes.Equal(after, good) {
		t.Errorf("the backup itself was changed: %v", err)
	}
}

// A backup of an earlier version is restored, and stays as it is.
func TestRestoreOfAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	db := raw(t, "sqlite", path)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(filepath.Join("migrations", "sqlite")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	do(t, db, `INSERT INTO tenants (no, id) VALUES (5, ?)`, tenant)
	do(t, db, `INSERT INTO logs (tenant, id, size, checkpoint) VALUES (5, 'log', 0, x'')`)
	do(t, db, `INSERT INTO settings (tenant, name, value) VALUES (5, 'a', 'b')`)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenRead(path); err == nil {
		t.Fatal("it is of this version: the test says nothing")
	}
	for kind, open := range both() {
		t.Run(kind, func(t *testing.T) {
			to := open(t)
			if err := store.Restore(t.Context(), path, to); err != nil {
				t.Fatal(err)
			}
			tt, err := to.Find(t.Context(), tenant)
			if err != nil {
				t.Fatal(err)
			}
			if v, err := tt.Setting(t.Context(), "a"); v != "b" || err != nil {
				t.Errorf("%q %v", v, err)
			}
		})
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the backup itself was changed: %v", err)
	}
}
