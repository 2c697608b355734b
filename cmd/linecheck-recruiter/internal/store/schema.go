package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// table is one table of ours, as SQLite says it is.
type table struct {
	name         string
	columns, key []string
	parents      []string // the tables that its rows refer to
}

// ourTables are the tables of a SQLite database but its own, and the one that says which version it is of.
const ourTables = `sqlite_schema m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name <> 'goose_db_version'`

// columns are all columns of all tables, as "reports.digest".
func (s *Store) columns(ctx context.Context) ([]string, error) {
	question := `SELECT m.name || '.' || c.name FROM pragma_table_info(m.name) c, ` + ourTables
	if s.kind == postgres {
		question = `SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
			WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'goose_db_version'`
	}
	return texts(s.db.QueryContext(ctx, question))
}

// tables are all tables of a SQLite database, each after those that it refers to.
func (s *Store) tables(ctx context.Context) ([]table, error) {
	names, err := texts(s.db.QueryContext(ctx, `SELECT m.name FROM `+ourTables+` ORDER BY m.name`))
	if err != nil {
		return nil, err
	}
	var list []table
	for _, name := range names {
		t, err := s.table(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return parentsFirst(list)
}

func (s *Store) table(ctx context.Context, name string) (table, error) {
	t := table{name: name}
	rows, err := s.db.QueryContext(ctx, `SELECT name, pk FROM pragma_table_info($1) ORDER BY cid`, name)
	type column struct {
		name string
		key  int // its place in the primary key, from 1
	}
	columns, err := all(rows, err, func(r *sql.Rows) (c column, err error) { return c, r.Scan(&c.name, &c.key) })
	if err != nil {
		return t, err
	}
	for _, c := range columns {
		t.columns = append(t.columns, c.name)
	}
	slices.SortStableFunc(columns, func(a, b column) int { return a.key - b.key })
	for _, c := range columns {
		if c.key > 0 {
			t.key = append(t.key, c.name)
		}
	}
	if t.key == nil {
		return t, fmt.Errorf("table %s has no primary key", name)
	}
	t.parents, err = texts(s.db.QueryContext(ctx, `SELECT "table" FROM pragma_foreign_key_list($1)`, name))
	return t, err
}

// parentsFirst puts each table after those that it refers to.
func parentsFirst(list []table) (sorted []table, err error) {
	done := map[string]bool{}
	ready := func(t table) bool {
		return !done[t.name] && !slices.ContainsFunc(t.parents, func(p string) bool { return p != t.name && !done[p] })
	}
	for len(sorted) < len(list) {
		i := slices.IndexFunc(list, ready)
		if i < 0 {
			return nil, errors.New("tables refer to each other in a circle")
		}
		done[list[i].name] = true
		sorted = append(sorted, list[i])
	}
	return sorted, nil
}
