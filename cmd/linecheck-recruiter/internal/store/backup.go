package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes everything that a database holds, as it is at one moment, into a new
// SQLite file that [OpenRead] and [Restore] read. A server may go on writing meanwhile. Nothing
// is overwritten: [fs.ErrExist] where the path is taken. The path's name appears once the file is
// complete and on disk; until then it is beside it, named .part at the end.
func Backup(ctx context.Context, from *Store, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return taken(path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part") // which only its owner may read
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = from.writeTo(ctx, f.Name())
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return publish(f.Name(), path)
}

func taken(path string) error { return &fs.PathError{Op: "backup", Path: path, Err: fs.ErrExist} }

// publish gives a complete file its name, which must be free, durably.
func publish(part, path string) error {
	err := os.Link(part, path) // a rename would overwrite
	if err != nil && !errors.Is(err, fs.ErrExist) {
		if _, there := os.Lstat(path); there == nil {
			return taken(path)
		}
		err = os.Rename(part, path) // the file system knows no links
	}
	if err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	_ = dir.Sync() // Windows cannot
	return nil
}

// writeTo writes everything into an empty file. SQLite does so itself in one statement that reads one
// state, knows every table, and takes a fraction of the time; PostgreSQL's tables are copied.
func (s *Store) writeTo(ctx context.Context, name string) error {
	if s.kind == sqlite {
		return s.vacuumInto(ctx, name)
	}
	// Who fails here begins with a new file, so that this one needs no journal.
	file, err := openFile(name, "_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_txlock=immediate")
	if err != nil {
		return err
	}
	if file, err = file.upToDate(ctx); err != nil {
		return err
	}
	return errors.Join(move(ctx, s, file), file.Close())
}

// vacuumInto writes all of a SQLite database into a file that is empty or not there.
func (s *Store) vacuumInto(ctx context.Context, name string) error {
	whole, err := filepath.Abs(name) // else it might be read as an address
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `VACUUM INTO $1`, whole)
	return err
}

// Contents is how much a database holds, of all organisations together.
type Contents struct {
	Tenants, Reports, Invites int64
	// Entries is how many entries the logs have, those of erased reports included.
	Entries int64
}

// Contents counts what the database holds.
func (s *Store) Contents(ctx context.Context) (c Contents, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM tenants), (SELECT count(*) FROM reports), (SELECT count(*) FROM invites),
		(SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM logs)`).Scan(&c.Tenants, &c.Reports, &c.Invites, &c.Entries)
	return c, err
}
