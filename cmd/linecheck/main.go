// Command linecheck is the applicant's window: it opens an invite, checks the
// computer, shows what is wrong and sends the report. The package wires
// checks/session to gui and brings the graphics driver; what is shown and how a
// check measures are decided elsewhere.
package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/checks/session"
	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/document"
	"linecheck/cmd/internal/wiring"
	"linecheck/gui"
)

const name = "linecheck"

func main() { os.Exit(cli.Main(root(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   name + " [INVITE]",
		Short: "Check this computer for voice and video work, in a window",
		Long: `Check this computer for voice and video work, in a window.

INVITE is the recruiter's invite: a file, or a linecheck:// link. Without one
the check is for yourself, and nothing is sent. Closed at any moment, it goes on
where it was when it is opened again. State is kept in $LINECHECK_HOME, or in the
user's configuration folder.

Without a display, 'linecheck-support run' does the same in a terminal.

Exit status: 0 the window was closed, 1 it could not be shown, 2 wrong usage or
an invite that cannot be read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			if err := preflight(os.Getenv); err != nil {
				return cli.Fail(cli.CouldNotRun, "%w; %s", err, instead)
			}
			return open(cmd, strings.Join(args, ""))
		}),
	}
	cmd.AddCommand(buildinfo.Command(name), wiring.HelperCommand())
	return cmd
}

// open makes the engine for an invite and shows the window.
func open(cmd *cobra.Command, invite string) error {
	words, err := wiring.Messages()
	if err != nil {
		return err
	}
	opt := session.Options{Program: buildinfo.Program(name), PDF: document.Draw()}
	if opt.Home, err = wiring.Home(); err != nil {
		return err
	}
	if opt.Policy, err = assets.Policy("self-check"); err != nil {
		return err
	}
	person := gui.NewPerson()
	choose := func(input, output string) (session.Make, error) {
		return wiring.Checks(wiring.Choice{Input: input, Output: output, Person: person})
	}
	log, closeLog := wiring.Log(opt.Home)
	defer closeLog()
	opt.Log = log
	var unreadable error
	if opt.Invite, unreadable = wiring.ReadInvite(invite); unreadable != nil {
		// Whoever clicked on a file sees no terminal: the window has to say it.
		opt.Invite = nil
		show := window{engine: unusable{unreadable}, words: words, err: cmd.ErrOrStderr()}
		if err := show.run(cmd.Context()); err != nil {
			return err
		}
		return cli.Fail(cli.Usage, "%w", unreadable)
	}
	engine := gui.NewSessionEngine(opt, choose)
	defer engine.Close()
	return window{engine: engine, words: words, person: person, err: cmd.ErrOrStderr()}.run(cmd.Context())
}
