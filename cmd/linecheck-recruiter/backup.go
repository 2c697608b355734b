package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

type backupFlags struct {
	databaseFlags
	out, keys string
}

func backupCmd() *cobra.Command {
	var f backupFlags
	cmd := &cobra.Command{
		Use:   "backup --data DIR|--database URL --out FILE",
		Short: "Write everything that the server's database holds into one file, while it runs",
		Long: `Write everything that the server's database holds into one file, while it runs.

The file holds one state of everything: reports as received, receipts, the log,
invites, decisions, who signs in, webhooks, settings. It is a SQLite file, whichever
database it comes from, and "restore" puts it into either: that is also the way
from one to the other. Nothing is overwritten, and the file has its name once it is
complete; one that was killed leaves FILE.*.part, which can be deleted.
"log verify --data FILE" checks that its log holds.

Not in the file, and to be kept as well, where no stranger reads them:
- the folder with the keys (serve --keys). Nobody can make these keys again:
  without them the server can neither take reports in nor be known by its invites.
  --keys makes sure that they belong to what is backed up; it copies nothing;
- server.crt and server.key in the data folder, where serve made its certificate
  itself: every invite that is out trusts just that certificate. Or your own
  certificate files;
- with what options serve is run.

The file holds personal data, and the secrets of webhooks and of one-time codes:
keep it as safe as the server. Whoever is erased later is still in it, so keep
backups no longer than reports.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return backup(cmd, f) }),
	}
	f.add(cmd, "the server's data folder")
	cmd.Flags().StringVar(&f.out, "out", "", "file for the backup; there must be none of that name")
	cmd.Flags().StringVar(&f.keys, "keys", "", "folder with the keys, to make sure that they are of an organisation in the database")
	must(cmd, "out")
	return cmd
}

func backup(cmd *cobra.Command, f backupFlags) error {
	ctx := cmd.Context()
	db, err := f.read(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if f.keys != "" {
		if err := belong(ctx, f.keys, db); err != nil {
			return err
		}
	}
	if err := store.Backup(ctx, db, f.out); errors.Is(err, fs.ErrExist) {
		return cli.Fail(cli.Usage, "%s is there already, and is not overwritten: choose another name", f.out)
	} else if err != nil {
		return err
	}
	// Read back, so that what is told is what the file holds.
	saved, err := store.OpenRead(f.out)
	if err != nil {
		return err
	}
	defer saved.Close()
	if err := tellContents(ctx, cmd.OutOrStdout(), f.out, f.out, saved); err != nil {
		return err
	}
	tellRest(cmd.OutOrStdout(), f)
	return nil
}

// belong refuses keys of an organisation that the database holds nothing of.
func belong(ctx context.Context, folder string, db *store.Store) error {
	k, err := readKeys(folder)
	if err != nil {
		return err
	}
	t, err := k.Trust()
	if err != nil {
		return err
	}
	ids, err := db.Tenants(ctx)
	if err == nil && !slices.Contains(ids, t.Value().Tenant) {
		err = cli.Fail(cli.Usage, "%s: the keys are of an organisation that this database holds nothing of", folder)
	}
	return err
}

// tellContents says how much a database holds, and how large a file is.
func tellContents(ctx context.Context, w io.Writer, what, file string, db *store.Store) error {
	c, err := db.Contents(ctx)
	if err != nil {
		return err
	}
	i, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: organisations: %d, reports: %d, invites: %d, log entries: %d; the file has %.1f MB\n", what, c.Tenants, c.Reports, c.Invites, c.Entries, float64(i.Size())/1e6)
	return nil
}

// tellRest says what has to be kept beside a backup.
func tellRest(w io.Writer, f backupFlags) {
	folder := f.keys
	if folder == "" {
		folder = "the folder with the keys (serve --keys)"
	}
	fmt.Fprintf(w, "Keep as well, since they are not in it:\n  %s\n", folder)
	own := filepath.Join(f.data, "server.crt")
	if f.data == "" {
		fmt.Fprintln(w, "  the server's certificate and its key")
	} else if _, err := os.Stat(own); err == nil {
		fmt.Fprintf(w, "  %s and %s, which invites trust\n", own, filepath.Join(f.data, "server.key"))
	}
}

type restoreFlags struct {
	databaseFlags
	in string
}

func restoreCmd() *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore --in FILE --data DIR|--database URL",
		Short: "Fill an empty database with what a backup holds",
		Long: `Fill an empty database with what a backup holds.

The database is filled whole or not at all; one that holds anything is refused.
The backup may be of an earlier version of this program, and come from either kind
of database. Then put the folder with the keys and the certificate back, check the
log with "log verify --trust", and start the server as it was.

To move to PostgreSQL, or back: stop the server, so that nothing comes after the
backup, make the backup, restore it into an empty database, and start the server
with --database, or without it.

What came after the backup was made is gone: its reports have receipts of a log that
the restored one does not continue, which "log verify" tells to who kept them;
ask those applicants to send again. Whoever was erased after it is there again, and
has to be erased again.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return restore(cmd, f) }),
	}
	cmd.Flags().StringVar(&f.in, "in", "", "the backup")
	f.add(cmd, "the server's data folder (made if missing)")
	must(cmd, "in")
	return cmd
}

func restore(cmd *cobra.Command, f restoreFlags) (err error) {
	ctx := cmd.Context()
	if !f.given() {
		return cli.Fail(cli.Usage, "say where the database is, with --data or --database")
	}
	if _, err := os.Stat(f.in); err != nil { // before anything is made
		return cli.Fail(cli.Usage, "%w", err)
	}
	fresh := f.url == "" && !store.Exists(f.data)
	db, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	defer func() {
		if err != nil && fresh { // what it was to be filled with is not there
			err = errors.Join(err, db.Close(), store.Remove(f.data))
		}
	}()
	switch err := store.Restore(ctx, f.in, db); {
	case errors.Is(err, store.ErrNotEmpty):
		return cli.Fail(cli.Usage, "%s is not restored: %w; name a new folder, or a new database of PostgreSQL", f.in, store.ErrNotEmpty)
	case errors.Is(err, store.ErrNoBackup):
		return cli.Fail(cli.Usage, "%s is not restored: it is %w, or is damaged; take an earlier one", f.in, store.ErrNoBackup)
	case err != nil:
		return err
	}
	return tellContents(ctx, cmd.OutOrStdout(), "restored", f.in, db)
}
