package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Rows are written in groups: so many, or fewer where they are large, so that
// memory does not grow with what is moved.
const (
	rowsAtOnce  = 64
	bytesAtOnce = 4 << 20
)

// move copies every row of one database, as it is at one moment, into another that is empty,
// in one transaction. One of the two at least is SQLite.
func move(ctx context.Context, from, to *Store) error {
	file := from
	if file.kind != sqlite {
		file = to
	}
	tables, err := file.tables(ctx)
	if err != nil {
		return err
	}
	if err := alike(ctx, from, to); err != nil {
		return err
	}
	return from.read(ctx, func(source *sql.Tx) error {
		return to.write(ctx, func(target *sql.Tx) error {
			if err := to.clearFor(ctx, target, tables); err != nil {
				return err
			}
			for _, t := range tables {
				if err := t.move(ctx, source, target); err != nil {
					return fmt.Errorf("table %s: %w", t.name, err)
				}
			}
			return to.countOn(ctx, target)
		})
	})
}

// alike refuses to move between databases that do not have the same columns: something would be left behind.
func alike(ctx context.Context, a, b *Store) error {
	one, err := a.columns(ctx)
	if err != nil {
		return err
	}
	other, err := b.columns(ctx)
	if err != nil {
		return err
	}
	for _, list := range [][2][]string{{one, other}, {other, one}} {
		for _, c := range list[0] {
			if !slices.Contains(list[1], c) {
				return fmt.Errorf("only one of the databases has %s", c)
			}
		}
	}
	return nil
}

// move copies one table's rows in the order of their keys.
func (t table) move(ctx context.Context, source, target *sql.Tx) error {
	columns := quoted(t.columns...)
	rows, err := source.QueryContext(ctx, `SELECT `+columns+` FROM `+quoted(t.name)+` ORDER BY `+quoted(t.key...))
	if err != nil {
		return err
	}
	defer rows.Close()
	w, err := t.newWriter(ctx, target, columns)
	if err != nil {
		return err
	}
	row := make([]any, len(t.columns))
	at := make([]any, len(row))
	for i := range row {
		at[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		if err := w.add(ctx, row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return w.flush(ctx)
}

// writer inserts a table's rows in groups.
type writer struct {
	many, one *sql.Stmt
	width     int
	held      []any // the values of the rows that wait
	bytes     int
}

func (t table) newWriter(ctx context.Context, tx *sql.Tx, columns string) (*writer, error) {
	w := &writer{width: len(t.columns)}
	into := `INSERT INTO ` + quoted(t.name) + ` (` + columns + `) VALUES `
	var err error
	if w.many, err = tx.PrepareContext(ctx, into+groups(rowsAtOnce, w.width)); err != nil { // closed with the transaction
		return nil, err
	}
	w.one, err = tx.PrepareContext(ctx, into+groups(1, w.width))
	return w, err
}

func (w *writer) add(ctx context.Context, row []any) error {
	for _, v := range row {
		switch b := v.(type) {
		case []byte:
			if b == nil { // how SQLite's driver gives an empty one; nothing at all is an untyped nil
				v = []byte{}
			}
			w.bytes += len(b)
		case string:
			w.bytes += len(b)
		}
		w.held = append(w.held, v)
	}
	if len(w.held) < rowsAtOnce*w.width && w.bytes < bytesAtOnce {
		return nil
	}
	return w.flush(ctx)
}

func (w *writer) flush(ctx context.Context) error {
	held := w.held
	if len(held) == rowsAtOnce*w.width {
		if _, err := w.many.ExecContext(ctx, held...); err != nil {
			return err
		}
		held = nil
	}
	for row := range slices.Chunk(held, w.width) {
		if _, err := w.one.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	clear(w.held)
	w.held, w.bytes = w.held[:0], 0
	return nil
}

// quoted are names as they stand in a statement.
func quoted(names ...string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
	}
	return strings.Join(list, `, `)
}
