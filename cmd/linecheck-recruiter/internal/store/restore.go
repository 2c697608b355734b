package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotEmpty: a backup goes only into a database that holds nothing.
var ErrNotEmpty = errors.New("the database is not empty")

// ErrNoBackup: the file is no database of this program.
var ErrNoBackup = errors.New("not a backup of this program's database")

// Restore fills an empty database with what a backup holds, in one transaction: with all of
// it, or nothing. It returns [ErrNotEmpty] where the database holds anything, and [ErrNoBackup]
// where the file is no backup. A backup of an earlier version of the program is brought up to date in a
// copy, for which the folder for temporary files must have room; the file itself is never changed.
func Restore(ctx context.Context, path string, to *Store) error {
	saved, err := openBackup(ctx, path)
	if err != nil {
		return err
	}
	defer saved.Close()
	if saved.isNewest(ctx) == nil {
		return move(ctx, saved, to)
	}
	folder, err := os.MkdirTemp("", "linecheck-restore-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := saved.vacuumInto(ctx, filepath.Join(folder, file)); err != nil {
		return err
	}
	copied, err := Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(move(ctx, copied, to), copied.Close())
}

// openBackup opens a file for reading that a program of any version wrote.
func openBackup(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s, err := openFile(path, "mode=ro")
	if err != nil {
		return nil, err
	}
	var version int64
	err = s.db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version)
	if err != nil || version == 0 {
		return nil, errors.Join(ErrNoBackup, err, s.Close())
	}
	return s, nil
}

// clearFor makes sure that the tables are empty, and stay so for everybody else until the transaction ends.
func (s *Store) clearFor(ctx context.Context, tx *sql.Tx, tables []table) error {
	if s.kind == postgres {
		names := make([]string, len(tables))
		for i, t := range tables {
			names[i] = quoted(t.name)
		}
		if _, err := tx.ExecContext(ctx, `LOCK TABLE `+strings.Join(names, `, `)+` IN EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	for _, t := range tables {
		var some bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+quoted(t.name)+`)`).Scan(&some); err != nil {
			return err
		}
		if some {
			return ErrNotEmpty
		}
	}
	return nil
}

// countOn makes PostgreSQL give the next row of each table an id after those that are there. SQLite does so by itself.
func (s *Store) countOn(ctx context.Context, tx *sql.Tx) error {
	if s.kind != postgres {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'`)
	list, err := all(rows, err, func(r *sql.Rows) (c [2]string, err error) { return c, r.Scan(&c[0], &c[1]) })
	if err != nil {
		return err
	}
	for _, c := range list {
		// Of an empty table there is no greatest id, and nothing is set.
		if _, err := tx.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), (SELECT max(`+quoted(c[1])+`) FROM `+quoted(c[0])+`))`, quoted(c[0]), c[1]); err != nil {
			return err
		}
	}
	return nil
}
