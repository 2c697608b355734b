// Command linecheck-recruiter is the recruiter's tool: keys, invites, the
// server with its probe, and offline verification. It is pure Go and links
// neither the window nor any sound library. The package only wires: what is
// stored, served and verified is decided elsewhere.
package main

import (
	"os"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
)

const name = "linecheck-recruiter"

func main() { os.Exit(cli.Main(root(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   name,
		Short: "Invite applicants to check their computer, take their reports in, verify them",
		Long: `Invite applicants to check their computer, take their reports in, verify them.

A first run:

    linecheck-recruiter keygen --out keys
    linecheck-recruiter serve --keys keys --data data --listen :8443 --public-url https://jobs.example:8443
    linecheck-recruiter person add --data data --login you@example.com --role admin --url https://jobs.example:8443
    linecheck-recruiter invite --keys keys --applicant A-17 --role customer-service --region EU \
        --probe https://jobs.example:8443 --out invite --data data
    linecheck-recruiter verify report.txt --trust keys/trust.json

'serve' runs until it is stopped: give what follows it in another terminal. 'person add' prints
a one-time link, good for three days; after it the portal is at /portal/.`,
	}
	cmd.AddCommand(keygen(), invite(), serve(), personCmd(), verifyCmd(), exportCmd(), trust(), logCmd(), policyCmd(), backupCmd(), restoreCmd(), buildinfo.Command(name), buildinfo.LicencesCommand())
	return cmd
}
