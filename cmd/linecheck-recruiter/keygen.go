package main

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
)

func keygen() *cobra.Command {
	var out, organisation string
	cmd := &cobra.Command{
		Use: "keygen --out DIR", Short: "Make the keys that seal invites, observations and receipts", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			if strings.TrimSpace(organisation) == "" {
				return cli.Fail(cli.Usage, "--name must not be empty: applicants read it")
			}
			f, err := keys.Create(out, organisation, time.Now())
			if err != nil {
				return err
			}
			t, err := f.Trust()
			if err != nil {
				return err
			}
			cmd.Printf("Keys for %s (tenant %s) are in %s.\n", organisation, t.Value().Tenant, out)
			cmd.Printf("Root key: %s\n", t.Root().ID())
			cmd.Printf("Keep root.key away from the server once the trust file names the server's address.\n")
			return nil
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for the keys (made if missing)")
	cmd.Flags().StringVar(&organisation, "name", "Recruiter", "your organisation's name, as applicants read it")
	must(cmd, "out")
	return cmd
}

// readKeys opens a key folder, and says where keys come from where it is none.
func readKeys(folder string) (*keys.Folder, error) {
	k, err := keys.Read(folder, time.Now())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cli.Fail(cli.Usage, "%s holds no whole set of keys (%w): name the folder that 'keygen --out' made, or make one with it", folder, err)
	}
	if err != nil {
		return nil, cli.Fail(cli.Usage, "%s: %w", folder, err)
	}
	return k, nil
}

// must marks flags as required.
func must(cmd *cobra.Command, flags ...string) {
	for _, f := range flags {
		if err := cmd.MarkFlagRequired(f); err != nil {
			panic(err) // a flag that does not exist: found by the first test that makes the command
		}
	}
}
