package supportcmd

import (
	"context"
	"fmt"
	"os"
	"slices"
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
	line, err := p.keys.next(ctx)
	if err == nil && yes(line, p.words.Name("plan.yes")) {
		return nil
	}
	return cli.Fail(cli.CouldNotRun, "nothing was measured and nothing was sent, because you did not agree")
}

// yes says whether a line agrees: with one of the words for it, which stand with
// commas between, with "y" or "yes", or with nothing but the Enter key.
func yes(line, words string) bool {
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "" || slices.Contains(strings.Split("y, yes, "+words, ", "), answer)
}
