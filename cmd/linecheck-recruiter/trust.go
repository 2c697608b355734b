package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/verifycmd"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/report"
	"linecheck/report/render"
	"linecheck/report/verify"
)

func trust() *cobra.Command {
	cmd := &cobra.Command{
		Use: "trust", Short: "The trust file: whose keys count",
		Long: `The trust file: whose keys count.

Every change makes a new version, sealed by the root key. A server that runs
takes up new origins and revocations at once, and new keys when it is restarted.`,
	}
	cmd.AddCommand(trustExport(), trustShow(), trustRevoke(), trustRotate(), trustReplace())
	return cmd
}

// onKeys is a command that works on a key folder.
func onKeys(use, short string, args cobra.PositionalArgs, f func(cmd *cobra.Command, k *keys.Folder, args []string) error) *cobra.Command {
	var dir string
	cmd := &cobra.Command{Use: use, Short: short, Args: args, RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
		k, err := readKeys(dir)
		if err != nil {
			return err
		}
		return f(cmd, k, args)
	})}
	cmd.Flags().StringVar(&dir, "keys", "", "folder with the keys")
	must(cmd, "keys")
	return cmd
}

func trustExport() *cobra.Command {
	var out string
	cmd := onKeys("export --keys DIR --out FILE", "Write the trust file that verifies reports offline", cobra.NoArgs,
		func(_ *cobra.Command, k *keys.Folder, _ []string) error {
			data, err := k.TrustBytes()
			if err != nil {
				return err
			}
			return os.WriteFile(out, data, 0o644)
		})
	cmd.Flags().StringVar(&out, "out", "", "file for the trust file")
	must(cmd, "out")
	return cmd
}

func trustRevoke() *cobra.Command {
	return onKeys("revoke --keys DIR ID", "Make an invite (by its id) or a key count no longer", cobra.ExactArgs(1),
		func(cmd *cobra.Command, k *keys.Folder, args []string) error {
			if err := k.Revoke(args[0], time.Now()); err != nil {
				return err
			}
			return saySo(cmd, k)
		})
}

func trustRotate() *cobra.Command {
	return onKeys("rotate --keys DIR invite|probe|receipt|root", "Make a new key for a role; what the old one sealed stays authentic", cobra.ExactArgs(1),
		func(cmd *cobra.Command, k *keys.Folder, args []string) error {
			var err error
			if args[0] == "root" {
				err = k.RotateRoot(time.Now())
			} else {
				err = k.Rotate(report.KeyRole(args[0]), time.Now())
			}
			if err != nil {
				return err
			}
			return saySo(cmd, k)
		})
}

func saySo(cmd *cobra.Command, k *keys.Folder) error {
	t, err := k.Trust()
	if err != nil {
		return err
	}
	cmd.Printf("The trust file is now version %d. Export it again for whoever verifies offline.\n", t.Value().Version)
	return nil
}

func trustShow() *cobra.Command {
	return &cobra.Command{
		Use: "show FILE", Short: "Say what a trust file says", Args: cobra.ExactArgs(1),
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			t, err := verifycmd.ReadTrust(args[0])
			if err != nil {
				return unusableTrust(args[0], err)
			}
			return describe(cmd.OutOrStdout(), t)
		}),
	}
}

// unusableTrust tells a file that cannot be read from one that is not what it says.
func unusableTrust(name string, err error) error {
	code := cli.NotAuthentic
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		code = cli.Usage
	}
	return cli.Fail(code, "%s: %w", name, err)
}

func describe(w io.Writer, t verify.Trust) error {
	v := t.Value()
	fmt.Fprintf(w, "%s (tenant %s), version %d of %s\nroot key %s\n", render.Clean(v.Name), v.Tenant, v.Version, v.Issued.Format(time.RFC3339), t.Root().ID())
	for _, o := range v.Origins {
		fmt.Fprintf(w, "server %s\n", render.Clean(o))
	}
	for _, k := range v.Keys {
		fmt.Fprintf(w, "%-8s %s  from %s until %s\n", k.Role, k.Key, k.NotBefore.Format(time.DateOnly), k.NotAfter.Format(time.DateOnly))
	}
	for _, r := range v.Revoked {
		fmt.Fprintf(w, "revoked  %s\n", render.Clean(r))
	}
	return nil
}

func trustReplace() *cobra.Command {
	return &cobra.Command{
		Use: "replace KNOWN NEW", Short: "Take a newer trust file in the place of the known one, never an older or a stranger's", Args: cobra.ExactArgs(2),
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			known, err := verifycmd.ReadTrust(args[0])
			if err != nil {
				return unusableTrust(args[0], err)
			}
			fresh, err := verifycmd.ReadTrust(args[1])
			if err != nil {
				return unusableTrust(args[1], err)
			}
			if err := known.Replace(fresh); err != nil {
				return &cli.Exit{Code: cli.NotAuthentic, Err: err}
			}
			data, err := os.ReadFile(args[1])
			if err != nil {
				return err
			}
			tmp := args[0] + ".new"
			if err := os.WriteFile(tmp, data, 0o644); err != nil {
				return err
			}
			if err := os.Rename(tmp, args[0]); err != nil {
				return err
			}
			cmd.Printf("%s is now version %d.\n", args[0], fresh.Value().Version)
			return nil
		}),
	}
}
