package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"linecheck/cmd/internal/cli"
)

// agreed asks whether the plan may run and its result be sent. --yes has agreed
// beforehand. Where nobody can be asked, the command itself is the consent to
// measure, but not to send.
func (p *program) agreed(ctx context.Context) error {
	if p.flags.yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		if p.session.Invite() == nil || p.flags.noUpload || p.session.Partial() || p.session.Unconfirmed() != nil {
			return nil
		}
		return cli.Fail(cli.Usage, "nobody can be asked here: give --yes to agree to measuring and sending, or --no-upload")
	}
	fmt.Fprintf(p.cmd.ErrOrStderr(), "%s ", p.words.Name("plan.ask"))
	if yes(p.keys.next(ctx)) {
		return nil
	}
	return cli.Fail(cli.CouldNotRun, "nothing was measured and nothing was sent, because you did not agree")
}

// yes says whether a line agrees: nothing but the Enter key does, too.
func yes(line string, err error) bool {
	answer := strings.ToLower(strings.TrimSpace(line))
	return err == nil && (answer == "" || answer == "y" || answer == "yes")
}
