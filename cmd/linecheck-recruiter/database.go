package main

import (
	"context"
	"errors"
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
		return store.Connect(ctx, d.url)
	}
	if err := os.MkdirAll(d.data, 0o700); err != nil {
		return nil, err
	}
	return store.Open(d.data)
}

// read opens a database that is there just for reading.
func (d databaseFlags) read(ctx context.Context) (*store.Store, error) {
	if d.url != "" {
		return store.ConnectRead(ctx, d.url)
	}
	if d.data == "" {
		return nil, cli.Fail(cli.Usage, "say where the database is, with --data or --database")
	}
	s, err := store.OpenRead(d.data)
	if err != nil {
		return nil, cli.Fail(cli.Usage, "%s: %w", d.data, err)
	}
	return s, nil
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
		return nil, errors.New("the database holds several organisations: name one by its trust file, with --trust")
	}
	return s.Find(ctx, id)
}
