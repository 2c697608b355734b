package supportcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/wiring"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/exchange"
)

type runFlags struct {
	invite, probe, policy, out, input, output string
	checks                                    []string
	yes, json, quick, thorough                bool
	noUpload, strict                          bool
	name                                      string
}

func runCmd() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the checks; with an invite, sign and send the report",
		Long: `Run the checks; with an invite, sign and send the report.

Interrupted at any moment, the same command goes on where it was: what was
measured in the last half hour is kept, a sealed report is sent, and none is
sent twice. State is kept in $LINECHECK_HOME, or in the user's configuration folder.

Exit status: 0 ready, 3 not ready, 4 ready with warnings under --strict, 5
inconclusive, 1 could not run, as when the invite asks for a newer program than this,
2 wrong usage or unreadable invite, 6 the invite is not authentic, has expired or
is revoked.

With --json an invite that is refused is answered by one line of the type "refused"
with the code, as "program.old" where the invite asks for a newer program; its
"program" holds this one's "version", "at_least", which is asked for, and the "link"
to it. The same holds for diagnose and watch.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return run(cmd, f) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.invite, "invite", "", "invite file, or linecheck:// link")
	fl.StringVar(&f.probe, "probe", "", "address of the invite's server, where it has another name from here")
	fl.StringSliceVar(&f.checks, "check", nil, "only these checks (ids, see 'checks'); such a run is neither sealed nor sent")
	_ = cmd.RegisterFlagCompletionFunc("check", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var ids []string
		for _, s := range specs() {
			ids = append(ids, s.ID)
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	})
	fl.StringVar(&f.policy, "policy", "", "policy to judge by, without an invite")
	fl.BoolVar(&f.yes, "yes", false, "agree to the plan beforehand; nobody is asked anything")
	fl.BoolVar(&f.json, "json", false, "one JSON object a line: events, then the report")
	fl.StringVar(&f.out, "out", "", "folder for the report; the program's own where empty")
	fl.StringVar(&f.input, "input", "", "microphone (a part of its name, see 'devices')")
	fl.StringVar(&f.output, "output", "", "headphones or speakers (a part of the name)")
	fl.BoolVar(&f.quick, "quick", false, "end the speed check as soon as it is known whether the line is fast enough")
	fl.BoolVar(&f.thorough, "thorough", false, "load the processor for a minute, to see whether it slows down when it gets hot")
	fl.BoolVar(&f.noUpload, "no-upload", false, "seal the report, but do not send it")
	fl.BoolVar(&f.strict, "strict", false, "exit with 4 where the result is ready with warnings")
	fl.StringVar(&f.name, "sign", "", "full legal name as electronic signature, where the invite asks for it")
	return cmd
}

// program is one run of the verb.
type program struct {
	cmd     *cobra.Command
	flags   runFlags
	words   *advice.Catalogue
	session *session.Session
	show    display
	// terminal is where people are told and asked, whoever else reads the answer.
	terminal *terminal
	keys     *keyboard
	// own are findings of the program itself, as a folder that cannot be written.
	own []report.Finding
}

func run(cmd *cobra.Command, f runFlags) error {
	words, err := wiring.Messages("")
	if err != nil {
		return err
	}
	p := &program{cmd: cmd, flags: f, words: words, keys: newKeyboard(cmd.InOrStdin())}
	p.terminal = newTerminal(cmd.ErrOrStderr(), cmd.OutOrStdout(), words)
	p.show = p.terminal
	if f.json {
		p.show = &lines{terminal: p.terminal, cmd: cmd, watched: !f.yes && cli.Width(p.terminal.out) == 0}
	}
	opt, closeLog, err := p.options()
	if err != nil {
		return err
	}
	defer closeLog()
	defer p.show.close()
	p.waiting("confirm", func() { p.session, err = session.Open(cmd.Context(), opt) })
	if err != nil {
		return p.refused(err)
	}
	defer p.session.Close()
	if cmd.Context().Err() != nil {
		return errStopped
	}
	return p.run(cmd.Context())
}

var errStopped = errors.New("stopped before anything was measured")

// waiting runs what takes its time at the server, and shows that something moves.
func (p *program) waiting(stage string, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	begin := time.Now()
	tick := time.NewTicker(sessionBeat)
	defer tick.Stop()
	for {
		select {
		case <-done:
			p.show.waited()
			return
		case now := <-tick.C:
			p.show.waiting(stage, now.Sub(begin))
		}
	}
}

// sessionBeat is how often it is shown that the server is waited for.
const sessionBeat = 500 * time.Millisecond

func (p *program) run(ctx context.Context) error {
	s := p.session
	sign, err := p.signature()
	if err != nil {
		return err
	}
	p.show.plan(s, p.flags.noUpload)
	if !s.Sealed() || s.Partial() {
		if err := p.agreed(ctx); err != nil {
			return err
		}
	}
	evidence := s.Run(ctx, p.show.event)
	if ctx.Err() != nil {
		if err := p.show.result(p.answer(evidence, nil, "")); err != nil {
			return err
		}
		return cli.Fail(cli.CouldNotRun, "stopped; what was measured is kept for half an hour: the same command goes on from there")
	}
	unconfirmed := s.Invite() != nil && s.Unconfirmed() != nil
	if s.Partial() || unconfirmed && !s.Sealed() {
		return p.end(p.answer(evidence, nil, ""), unconfirmed)
	}
	upload := s.Invite() != nil && !p.flags.noUpload
	b, err := s.Seal(evidence, sign, upload)
	if err != nil {
		return fmt.Errorf("the report could not be sealed: %w", err)
	}
	var unsent error
	if upload {
		p.waiting("send", func() { b, unsent = s.Send(ctx, b) })
	}
	return p.finish(evidence, b, unsent)
}

// finish writes the files, gives the answer, and ends the session unless a report still waits.
func (p *program) finish(evidence []report.Evidence, b bundle.Bundle, unsent error) error {
	files, end, err := p.session.Finish(b, p.flags.out)
	if err != nil {
		return err
	}
	a := p.answer(evidence, files, digestOf(b))
	a.Sent = b.Receipt != nil
	switch {
	case errors.Is(unsent, session.ErrRefused):
		return errors.Join(p.show.result(a), end(), refusedForGood(unsent))
	case unsent != nil:
		return errors.Join(p.show.result(a),
			cli.Fail(cli.CouldNotRun, "%w. The sealed report waits in the outbox; send it later with '%s send', or run the same command again", unsent, Name))
	}
	if err := p.show.result(a); err != nil {
		return err // who asked has no answer yet: the same command gives it again
	}
	if err := end(); err != nil {
		return err
	}
	return cli.End(cli.ForVerdict(a.Verdict, p.flags.strict))
}

// refusedForGood is the exit for a report that the server will never take in.
func refusedForGood(err error) error {
	code := cli.CouldNotRun
	var said *exchange.Error
	if errors.As(err, &said) && strings.HasPrefix(said.Code, "invite.") {
		code = cli.NotAuthentic
	}
	return cli.Fail(code, "%w. Sending it again would change nothing; ask the recruiter", err)
}

func digestOf(b bundle.Bundle) string {
	d, err := b.Report.Digest()
	if err != nil {
		return ""
	}
	return d
}

// end shows the answer of a run that is not sealed and turns it into the exit
// status. Nobody is ready by a run whose invite could not be confirmed.
func (p *program) end(a answer, unconfirmed bool) error {
	if err := p.show.result(a); err != nil {
		return err
	}
	code := cli.ForVerdict(a.Verdict, p.flags.strict)
	if unconfirmed && code != cli.NotReady {
		code = cli.Inconclusive
	}
	return cli.End(code)
}

// signature is the legal name to sign with, where the invite asks for one.
func (p *program) signature() (string, error) {
	inv := p.session.Invite()
	sign := strings.TrimSpace(p.flags.name)
	switch {
	case inv == nil || !inv.LegalName:
		return "", nil
	case sign == "":
		return "", cli.Fail(cli.Usage, "the invite asks for your full legal name as electronic signature; give it with --sign \"Name\"")
	case len(sign) > 200:
		return "", cli.Fail(cli.Usage, "the name has more than 200 characters")
	}
	return sign, nil
}
