package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// databaseFlags say where the server's database is.
type databaseFlags struct{ data, url string }

func (d *databaseFlags) add(cmd *cobra.Command, folder string) {
	cmd.Flags().StringVar(&d.data, "data", "", folder)
	cmd.Flags().StringVar(&d.url, "database", "", "PostgreSQL database, as postgres://user@host/name (its password in PGPASSWORD or ~/.pgpass); one in the data folder where empty")
}

// given says whether a database was named.
func (d databaseFlags) given() bool { return d.data != "" || d.url != "" }

// open opens the database for reading and writing, and makes what is missing.
func (d databaseFlags) open(ctx context.Context) (*store.Store, error) {
	if d.url != "" {
		s, err := store.Connect(ctx, d.url)
		if errors.Is(err, store.ErrAddress) {
			return nil, cli.Fail(cli.Usage, "--database: %w", err)
		}
		return s, ofPostgres(err)
	}
	if err := os.MkdirAll(d.data, 0o700); err != nil {
		return nil, fmt.Errorf("--data: %w; name a folder that can be made or written", err)
	}
	s, err := store.Open(d.data)
	return s, ofFile(d.data, err)
}

// read opens a database that is there just for reading.
func (d databaseFlags) read(ctx context.Context) (*store.Store, error) {
	if d.url != "" {
		s, err := store.ConnectRead(ctx, d.url)
		if errors.Is(err, store.ErrAddress) {
			return nil, cli.Fail(cli.Usage, "--database: %w", err)
		}
		return s, ofPostgres(err)
	}
	if d.data == "" {
		return nil, cli.Fail(cli.Usage, "say where the database is, with --data or --database")
	}
	s, err := store.OpenRead(d.data)
	if err != nil {
		return nil, cli.Fail(cli.Usage, "%w", ofFile(d.data, err))
	}
	return s, nil
}

// fromDriver is an error of the SQLite driver, which has a number.
type fromDriver interface {
	error
	Code() int
}

// ofFile says what to do about an embedded database that cannot be opened.
func ofFile(at string, err error) error {
	var driver fromDriver
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no database at %s (%w): name the folder that 'serve --data' has, or a backup", at, err)
	case errors.As(err, &driver) && driver.Code() == 1: // its tables are missing
		return fmt.Errorf("the database at %s holds nothing of this program: start the server once with it, or restore a backup", at)
	case errors.As(err, &driver):
		return fmt.Errorf("%s: %w; where it is damaged, restore the newest backup into another folder, and keep this one", at, err)
	default:
		return fmt.Errorf("%s: %w", at, err)
	}
}

// fromPostgres is what a PostgreSQL server says, with its code.
type fromPostgres interface {
	error
	SQLState() string
}

// ofPostgres says what to do about a PostgreSQL database that cannot be used. The driver tells
// the cause once for each way that it tried; here it is told once.
func ofPostgres(err error) error {
	var said fromPostgres
	var line *net.OpError
	var name *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &said) && said.SQLState() == "42P01": // its tables are missing
		return errors.New("the database that --database names holds nothing of this program: start the server once with it, or restore a backup into it")
	case errors.As(err, &said):
		return fmt.Errorf("PostgreSQL refuses (%w): look at the user and the name of the database in --database, and at PGPASSWORD or ~/.pgpass", said)
	case errors.As(err, &name):
		return fmt.Errorf("PostgreSQL is not reached (%w): look at the host in --database", name)
	case errors.As(err, &line):
		return fmt.Errorf("PostgreSQL is not reached (%w): start it, or look at host and port in --database", line)
	default:
		return fmt.Errorf("--database: %w", err)
	}
}

// tenantOf is the organisation of that id. Where there is just one, it is that one: who
// brings another's trust file is to read that the seals are not its.
func tenantOf(ctx context.Context, s *store.Store, id string) (*store.Tenant, error) {
	ids, err := s.Tenants(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(ids) == 1:
		id = ids[0]
	case len(ids) > 1 && id == "":
		return nil, cli.Fail(cli.Usage, "the database holds several organisations: name one by its trust file, with --trust")
	}
	return s.Find(ctx, id)
}
