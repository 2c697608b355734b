package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/exchange"
	"linecheck/report/render"
)

type personFlags struct {
	databaseFlags
	trust, login, name, role, url string
}

func personCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use: "person", Short: "Who may sign in to the server's pages",
		Long: `Who may sign in to the server's pages.

The first admin is added here; admins add the others on the pages. Who lost their
password or their phone gets a new one-time link, here or from an admin. The
commands work beside a server that runs, and know its database by --data or --database.`,
	}
	cmd.AddCommand(personAdd(), personRenew(), personList())
	return cmd
}

// on gives a command its flags for the database.
func (f *personFlags) on(cmd *cobra.Command) *cobra.Command {
	f.add(cmd, "the server's data folder")
	cmd.Flags().StringVar(&f.trust, "trust", "", "the trust file of the organisation, where the database holds several (it lies in its key folder)")
	return cmd
}

// withLink gives a command the flags of what makes a one-time link.
func (f *personFlags) withLink(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&f.login, "login", "", "how they sign in; the e-mail address, where a sign-in service is used")
	cmd.Flags().StringVar(&f.url, "url", "", "address of the server, as https://jobs.example")
	must(cmd, "login", "url")
	return f.on(cmd)
}

func personAdd() *cobra.Command {
	var f personFlags
	cmd := f.withLink(&cobra.Command{
		Use:   "add --data DIR|--database URL --login LOGIN --url URL [--name NAME] [--role ROLE]",
		Short: "Add a person; the one-time link by which they choose a password goes to standard output",
		Args:  cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			return f.link(cmd, "person.added", func(ctx context.Context, p *people.People, now time.Time) (string, people.Person, error) {
				return p.Add(ctx, f.login, f.name, people.Role(f.role), now)
			})
		}),
	})
	cmd.Flags().StringVar(&f.name, "name", "", "their name, for reading")
	cmd.Flags().StringVar(&f.role, "role", string(people.Recruiter), "support (reads), recruiter (invites and decides) or admin")
	return cmd
}

func personRenew() *cobra.Command {
	var f personFlags
	return f.withLink(&cobra.Command{
		Use:   "renew --data DIR|--database URL --login LOGIN --url URL",
		Short: "Give a person a new one-time link; what they signed in by before counts no longer, and their visits end",
		Args:  cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			return f.link(cmd, "person.renewed", func(ctx context.Context, p *people.People, now time.Time) (string, people.Person, error) {
				who, err := p.ByLogin(ctx, f.login)
				if err != nil {
					return "", who, err
				}
				code, err := p.Renew(ctx, who.ID, now)
				return code, who, err
			})
		}),
	})
}

// link prints the one-time link that something done to a person leads to, and notes in the audit log that it was done.
func (f *personFlags) link(cmd *cobra.Command, what string, do func(context.Context, *people.People, time.Time) (string, people.Person, error)) error {
	origin, err := exchange.ParseOrigin(f.url)
	if err != nil {
		return cli.Fail(cli.Usage, "--url: %w", err)
	}
	// It is looked at first: a mistyped folder gets no database.
	if err := f.with(cmd.Context(), f.read, func(*store.Tenant) error { return nil }); err != nil {
		return err
	}
	return f.with(cmd.Context(), f.open, func(t *store.Tenant) error {
		now := time.Now()
		code, who, err := do(cmd.Context(), people.New(t, origin, slog.New(slog.DiscardHandler)), now)
		switch {
		case errors.Is(err, store.ErrLoginTaken):
			return cli.Fail(cli.Usage, "%w; 'person renew' gives them a new one-time link", err)
		case errors.Is(err, store.ErrNoPerson):
			return cli.Fail(cli.Usage, "%w; 'person list' says who there is", err)
		case errors.Is(err, people.ErrRole):
			return cli.Fail(cli.Usage, "--role %q: %w; say support, recruiter or admin", f.role, err)
		}
		for _, wrong := range []error{people.ErrLogin, people.ErrName} {
			if errors.Is(err, wrong) {
				return cli.Fail(cli.Usage, "%w", err)
			}
		}
		if err != nil {
			return err
		}
		if err := t.Note(cmd.Context(), store.Act{Time: now, Who: "command line", What: what, Subject: strconv.FormatInt(who.ID, 10), Detail: string(who.Role)}); err != nil {
			return err
		}
		cmd.Println(people.SetupLink(origin, code))
		return nil
	})
}

func personList() *cobra.Command {
	var f personFlags
	return f.on(&cobra.Command{
		Use: "list --data DIR|--database URL", Short: "Say who may sign in, and as what", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			return f.with(cmd.Context(), f.read, func(t *store.Tenant) error {
				list, err := people.New(t, &url.URL{}, slog.New(slog.DiscardHandler)).List(cmd.Context())
				if err != nil {
					return err
				}
				return showPeople(cmd.OutOrStdout(), list, time.Now())
			})
		}),
	})
}

// with opens the database in one of the two ways, and does something with the organisation's part of it.
func (f *personFlags) with(ctx context.Context, open func(context.Context) (*store.Store, error), do func(*store.Tenant) error) error {
	id := ""
	if f.trust != "" {
		t, err := readTrustFile(f.trust)
		if err != nil {
			return cli.Fail(cli.Usage, "%s: %w", f.trust, err)
		}
		id = t.Value().Tenant
	}
	db, err := open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	t, err := tenantOf(ctx, db, id)
	if errors.Is(err, store.ErrNoTenant) {
		return fmt.Errorf("%w: start the server once with this database", err)
	}
	if err != nil {
		return err
	}
	return do(t)
}

func showPeople(w io.Writer, list []people.Person, now time.Time) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range list {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\n", p.Login, p.Role, standing(p, now), render.Clean(p.Name))
	}
	return tab.Flush()
}

// standing says in a few words how a person signs in.
func standing(p people.Person, now time.Time) string {
	switch {
	case !p.Disabled.IsZero():
		return "disabled since " + p.Disabled.Format(time.DateOnly)
	case p.Password && p.Provider:
		return "password and sign-in service"
	case p.Password:
		return "password"
	case p.Provider:
		return "sign-in service"
	case now.Before(p.Link):
		return "one-time link until " + p.Link.Format(time.DateOnly)
	default:
		return "one-time link has expired"
	}
}
