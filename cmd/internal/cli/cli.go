// Package cli is what all programs share at the command line: streams, exit
// codes and the end of main. What a command does does not come in here.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"linecheck/report"
	"linecheck/report/render"
)

// The exit codes of all programs.
const (
	OK           = 0 // done, and ready where there is a verdict
	CouldNotRun  = 1
	Usage        = 2 // wrong usage or unreadable input
	NotReady     = 3
	Warnings     = 4 // ready with warnings, only with --strict
	Inconclusive = 5
	NotAuthentic = 6 // altered, a stranger's key, expired, revoked
)

// Exit is an error that ends the program with a code of its own.
type Exit struct {
	// Code is the exit status.
	Code int
	// Err is what to say on stderr; nil where all was said.
	Err error
}

// Error is the message.
func (e *Exit) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap is the cause.
func (e *Exit) Unwrap() error { return e.Err }

// Fail ends the program with a code and one line.
func Fail(code int, format string, args ...any) error {
	return &Exit{Code: code, Err: fmt.Errorf(format, args...)}
}

// End ends the program with a code and nothing more to say; nil for [OK].
func End(code int) error {
	if code == OK {
		return nil
	}
	return &Exit{Code: code}
}

// Width is how many characters a line of the terminal behind w has; 0 where there is none.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		return 0
	}
	return width
}

// ForVerdict is the exit code of a verdict.
func ForVerdict(v report.Verdict, strict bool) int {
	switch v {
	case report.Ready:
		return OK
	case report.ReadyWithWarnings:
		if strict {
			return Warnings
		}
		return OK
	case report.NotReady:
		return NotReady
	default:
		return Inconclusive
	}
}

// Main runs a program's command tree and returns its exit status. The first
// interrupt ends the context; a second one ends the program.
func Main(root *cobra.Command, args []string, in io.Reader, out, err io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from now on the system's own way: the next one kills
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(err)
	root.SetArgs(args)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	addManual(root)
	sayUsage(root)
	return Report(root.ExecuteContext(ctx), root.Name(), err)
}

// sayUsage has every command whose words are refused say how it is written.
func sayUsage(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(cmd *cobra.Command, words []string) error {
			if err := args(cmd, words); err != nil {
				return fmt.Errorf("%w; usage: %s", err, cmd.UseLine())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		sayUsage(sub)
	}
}

// Report says on w what went wrong in a program, if anything did, and returns its exit status.
func Report(err error, program string, w io.Writer) int {
	var exit *Exit
	switch {
	case err == nil:
		return OK
	case errors.As(err, &exit) && exit.Err == nil:
		return exit.Code
	case errors.As(err, &exit):
		fmt.Fprintf(w, "%s: %s\n", program, oneLine(exit.Err))
		return exit.Code
	default: // cobra's own errors are about usage
		fmt.Fprintf(w, "%s: %s; see '%s --help'\n", program, oneLine(err), program)
		return Usage
	}
}

// longestLine bounds a message, in characters: a stranger may have written a part of it.
const longestLine = 1000

// oneLine keeps a message on one line, and from steering the terminal.
func oneLine(err error) string {
	text := []rune(render.Clean(strings.Join(strings.Fields(err.Error()), " ")))
	if len(text) > longestLine {
		text = append(text[:longestLine], '…')
	}
	return string(text)
}

// Run wraps what a command does so that its errors are not taken for wrong usage.
func Run(f func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := f(cmd, args)
		var exit *Exit
		if err == nil || errors.As(err, &exit) {
			return err
		}
		return &Exit{Code: CouldNotRun, Err: err}
	}
}
