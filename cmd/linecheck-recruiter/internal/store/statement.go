package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// statements keeps prepared statements by their text: SQLite would parse each anew.
type statements struct {
	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// in is the statement of that text within a transaction of whoever has the turn to write.
func (s *Store) in(ctx context.Context, tx *sql.Tx, text string) (*sql.Stmt, error) {
	s.statements.mu.Lock()
	defer s.statements.mu.Unlock()
	st := s.statements.kept[text]
	if st == nil {
		var err error
		if st, err = s.db.PrepareContext(ctx, unnumbered(text)); err != nil {
			return nil, err
		}
		s.statements.kept[text] = st
	}
	return tx.StmtContext(ctx, st), nil
}

var numbered = regexp.MustCompile(`\$[0-9]+`)

// unnumbered is a statement without numbers for its parameters, where they stand in their order: SQLite's driver
// looks each number up among all of them.
func unnumbered(text string) string {
	n := 0
	for _, p := range numbered.FindAllString(text, -1) {
		if n++; p != fmt.Sprintf("$%d", n) {
			return text
		}
	}
	return numbered.ReplaceAllString(text, "?")
}

func (s *Store) exec(ctx context.Context, tx *sql.Tx, text string, args []any) error {
	if s.kind == postgres { // its driver keeps prepared statements itself
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	}
	st, err := s.in(ctx, tx, text)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, args...)
	return err
}

func (s *Store) query(ctx context.Context, tx *sql.Tx, text string, args []any) (*sql.Rows, error) {
	if s.kind == postgres {
		return tx.QueryContext(ctx, text, args...)
	}
	st, err := s.in(ctx, tx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// Many rows go through one statement in groups of these sizes, so that there are few texts to
// be parsed and planned. To PostgreSQL each statement is a way there and back, so it gets the largest too.
const (
	wholeGroup = 64
	largeGroup = 16
	smallGroup = 4
)

// group is the size of the next group of so many rows.
func (k kind) group(rows int) int {
	switch {
	case k == postgres && rows >= wholeGroup:
		return wholeGroup
	case rows >= largeGroup:
		return largeGroup
	case rows >= smallGroup:
		return smallGroup
	}
	return 1
}

// put inserts rows: the statement is before, the rows' values, and after.
func (s *Store) put(ctx context.Context, tx *sql.Tx, before string, rows [][]any, after string) error {
	for len(rows) > 0 {
		n := s.kind.group(len(rows))
		if err := s.exec(ctx, tx, before+` VALUES `+groups(n, len(rows[0]))+after, slices.Concat(rows[:n]...)); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// among asks a question that ends with IN and what comes after, for each of the values, and scans the rows. Its other arguments come first.
func (s *Store) among(ctx context.Context, tx *sql.Tx, question string, first []any, values []string, after string, scan func(*sql.Rows) error) error {
	size := largeGroup
	if s.kind == postgres {
		size = wholeGroup
	}
	for part := range slices.Chunk(values, size) {
		args := slices.Clone(first)
		for i := range size {
			args = append(args, part[min(i, len(part)-1)])
		}
		rows, err := s.query(ctx, tx, question+` IN (`+parameters(len(first), size)+`)`+after, args)
		if _, err := all(rows, err, func(r *sql.Rows) (struct{}, error) { return struct{}{}, scan(r) }); err != nil {
			return err
		}
	}
	return nil
}

// all reads every row of a query with scan.
func all[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (list []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// groups are n groups of so many numbered parameters: "($1,$2),($3,$4)".
func groups(n, size int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = `(` + parameters(i*size, size) + `)`
	}
	return strings.Join(list, ",")
}

// parameters are n numbered parameters after the first ones: "$3,$4".
func parameters(after, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", after+i+1)
	}
	return strings.Join(list, ",")
}
