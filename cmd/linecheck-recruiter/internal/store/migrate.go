package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// kind is which database it is. The same SQL runs on both, but for what stands here.
type kind string

const (
	sqlite   kind = "sqlite"
	postgres kind = "postgres"
)

// locked makes a query hold the rows it reads until the transaction ends. In
// SQLite who writes is alone anyway.
func (k kind) locked() string {
	if k == postgres {
		return " FOR UPDATE"
	}
	return ""
}

//go:embed migrations
var migrations embed.FS

// provider is what brings the database up to date, one numbered file after another.
func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+string(s.kind))
	if err != nil {
		return nil, err
	}
	if s.kind == sqlite {
		return goose.NewProvider(goose.DialectSQLite3, s.db, files)
	}
	locker, err := lock.NewPostgresSessionLocker() // several servers may start at once
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, s.db, files, goose.WithSessionLocker(locker))
}

func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	if err := notNewer(ctx, p); err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// notNewer refuses a database that a later version of the program has changed.
func notNewer(ctx context.Context, p *goose.Provider) error {
	have, want, err := p.GetVersions(ctx)
	if err == nil && have > want {
		err = fmt.Errorf("it is of a later version of this program (%d, and this one knows %d): use that one", have, want)
	}
	return err
}

// isNewest refuses a database that is not up to date, where it cannot be changed.
func (s *Store) isNewest(ctx context.Context) error {
	var have int64
	if err := s.db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&have); err != nil {
		return err
	}
	p, err := s.provider()
	if err != nil {
		return err
	}
	list := p.ListSources()
	if len(list) == 0 || have != list[len(list)-1].Version {
		return errors.New("it is of another version of this program; start the server once, or use that version")
	}
	return nil
}
