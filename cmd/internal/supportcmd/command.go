// Package supportcmd is the check from a terminal, for IT support and for applicants
// who prefer it: the same checks as in the window, JSON, advice, one check alone. It
// wires checks and session to the terminal; how a check measures and how a verdict is
// reached are decided elsewhere.
package supportcmd

import (
	"os"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/verifycmd"
	"linecheck/cmd/internal/wiring"
)

// Name is the program's.
const Name = "linecheck-support"

// Main runs the program with the arguments of this process and returns its exit status.
func Main() int { return cli.Main(root(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr) }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   Name,
		Short: "Check this computer for voice and video work, from the terminal",
		Long: `Check this computer for voice and video work, from the terminal.

    linecheck-support run                     check this computer, send nothing
    linecheck-support run --invite FILE       check it for a recruiter, who gets a signed report
    linecheck-support run --check ID          one check alone
    linecheck-support diagnose [SYMPTOM]      find the cause of a trouble, and what to do
    linecheck-support watch                   look again and again, for trouble that comes and goes
    linecheck-support compare A B             what changed between two reports
    linecheck-support bundle                  a file for IT support, without names and secrets
    linecheck-support explain CODE            what a code means and what to do`,
	}
	cmd.AddCommand(runCmd(), checksCmd(), devicesCmd(), diagnoseCmd(), watchCmd(), compareCmd(), bundleCmd(), explainCmd(), sendCmd(), verifycmd.New(), buildinfo.Command(Name), buildinfo.LicencesCommand(), wiring.HelperCommand())
	return cmd
}
