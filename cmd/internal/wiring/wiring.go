// Package wiring puts the parts together that the window and the terminal
// program share: where state is kept, the sound helper, the checks, the texts.
// It decides nothing about a run.
package wiring

import (
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/checks"
	"linecheck/checks/audio"
	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/portaudio"
	"linecheck/checks/catalog"
	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/report/policy"
)

const helperVerb = "audio-helper"

// HomeVariable names the environment variable that moves the folder where state is kept.
const HomeVariable = "LINECHECK_HOME"

// Home is the folder where the session is kept: $LINECHECK_HOME, or one in the
// user's configuration folder.
func Home() (string, error) {
	if h := os.Getenv(HomeVariable); h != "" {
		return filepath.Abs(h)
	}
	return session.DefaultHome()
}

// Helper starts this program again as the process that holds the sound library.
func Helper() (device.Helper, error) {
	self, err := os.Executable()
	return device.Helper{Command: []string{self, helperVerb}}, err
}

// HelperCommand is the hidden verb behind which the sound library runs, in a
// process of its own that may be killed.
func HelperCommand() *cobra.Command {
	return &cobra.Command{
		Use: helperVerb, Hidden: true, DisableFlagParsing: true,
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			return portaudio.Serve(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), args)
		}),
	}
}

// Choice is what the person at the computer decided about the checks.
type Choice struct {
	// Input and Output are parts of the sound devices' names; empty for the system's own choice.
	Input, Output string
	// Language is what the person reads and hears, by its code; empty for the system's.
	Language string
	// Person is who can be asked, nil where nobody can.
	Person checks.Person
	// Quick: an answer is wanted soon rather than a number. Thorough: the processor is loaded for a minute.
	Quick, Thorough bool
}

// Checks makes the checks as chosen.
func Checks(c Choice) (session.Make, error) {
	h, err := Helper()
	if err != nil {
		return nil, err
	}
	spoken, err := spokenDigits(c.Language)
	if err != nil {
		return nil, err
	}
	systems, err := assets.Systems()
	cfg := catalog.Config{Quick: c.Quick, Thorough: c.Thorough, Systems: systems,
		Audio: audio.Config{Helper: h, Input: c.Input, Output: c.Output, Person: c.Person, Spoken: spoken}}
	return func(far session.Far, p policy.Policy) []checks.Check { return catalog.All(cfg, far, p) }, err
}

// Log appends to the program's log in the home folder; without one the program runs all the same.
func Log(home string) (log *slog.Logger, done func()) {
	none := slog.New(slog.DiscardHandler)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return none, func() {}
	}
	w, err := os.OpenFile(filepath.Join(home, "log.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return none, func() {}
	}
	return slog.New(slog.NewJSONHandler(w, nil)), func() { _ = w.Close() }
}
