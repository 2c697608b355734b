package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
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
	if ask(ctx, p.cmd.InOrStdin(), p.cmd.ErrOrStderr(), p.words.Name("plan.ask")) {
		return nil
	}
	return cli.Fail(cli.CouldNotRun, "nothing was measured and nothing was sent, because you did not agree")
}

// ask waits for an answer, or for the end of ctx.
func ask(ctx context.Context, in io.Reader, out io.Writer, question string) bool {
	fmt.Fprintf(out, "%s ", question)
	said := make(chan string, 1)
	go func() {
		text, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && text == "" {
			text = "no"
		}
		said <- text
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(out)
		return false
	case text := <-said:
		answer := strings.ToLower(strings.TrimSpace(text))
		return answer == "" || answer == "y" || answer == "yes"
	}
}
