// Command linecheck is the applicant's window: it opens an invite, checks the
// computer, shows what is wrong and sends the report. The package wires
// checks/session to gui and brings the graphics driver; what is shown and how a
// check measures are decided elsewhere.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/shirou/gopsutil/v3/host"
	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/checks/session"
	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/document"
	"linecheck/cmd/internal/supportcmd"
	"linecheck/cmd/internal/wiring"
	"linecheck/gui"
	"linecheck/gui/model"
)

const name = "linecheck"

func main() {
	// One file with two names takes half of the room, as in the packages for Linux.
	if filepath.Base(os.Args[0]) == supportcmd.Name {
		os.Exit(supportcmd.Main())
	}
	os.Exit(cli.Main(root(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   name + " [INVITE]",
		Short: "Check this computer for voice and video work, in a window",
		Long: `Check this computer for voice and video work, in a window.

INVITE is the recruiter's invite: a file, a linecheck:// link, or a code. Without
one the check that was not finished goes on; where there is none, the check is for
yourself, and nothing is sent. Closed at any moment, it goes on where it was when it
is opened again. A second window is not opened: the first one takes the invite. State
is kept in $LINECHECK_HOME, or in the user's configuration folder.

Where no window can be shown, the check goes on in a terminal: 'linecheck-support
run' does the same.

Exit status: 0 the window was closed, 1 it could not be shown, 2 wrong usage or
an invite that cannot be read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			return open(cmd, wishOf(strings.Join(args, "")))
		}),
	}
	cmd.AddCommand(buildinfo.Command(name), buildinfo.LicencesCommand(), wiring.HelperCommand())
	return cmd
}

// open hands the wish to the window that is open already, or opens one.
func open(cmd *cobra.Command, wish model.Wish) error {
	home, err := wiring.Home()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return cli.Fail(cli.CouldNotRun, "the folder for results cannot be used: %w", err)
	}
	first, err := claim(home, wish)
	if err != nil || first == nil { // another window has taken it
		return err
	}
	defer first.release()
	log, closeLog := wiring.Log(home)
	defer closeLog()
	prefs := readPreferences(home)
	words, err := texts()
	if err != nil {
		return err
	}
	if err := preflight(os.Getenv); err != nil {
		return withoutWindow(cmd.ErrOrStderr(), words(prefs.Language), home, wish, err)
	}
	opt := session.Options{Home: home, Program: buildinfo.Program(name), PDF: document.Draw(), Log: log, MachineID: host.HostIDWithContext}
	if opt.Policy, err = assets.Policy("self-check"); err != nil {
		return err
	}
	licences, err := assets.Licences()
	if err != nil {
		return err
	}
	person := gui.NewPerson()
	engine := gui.NewSessionEngine(gui.SessionConfig{Session: opt, Read: readInvite, Copies: documents(),
		Checks: func(p model.Preferences) (session.Make, error) {
			return wiring.Checks(wiring.Choice{Input: p.Input, Output: p.Output, Language: p.Language, Person: person})
		}})
	defer engine.Close()
	cfg := gui.Config{Engine: engine, Words: words, Languages: languages(), Preferences: prefs, Wish: wish, Licences: string(licences), Terminal: typed(terminalProgram()), Person: person,
		Sound: sound{}, Around: around(), Desk: desk(home, opt.Program, log)}
	leave := func() {
		engine.Close()
		first.release()
	}
	if err := (window{cfg: cfg, first: first, err: cmd.ErrOrStderr(), home: home, wish: wish, leave: leave}).run(cmd.Context()); err != nil {
		return err
	}
	if wish.File != "" {
		if _, err := readInvite(cmd.Context(), wish); err != nil { // the window said so; a script learns it here
			return cli.Fail(cli.Usage, "%w", err)
		}
	}
	return nil
}
