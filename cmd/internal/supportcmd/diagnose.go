package supportcmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/checks"
	"linecheck/checks/catalog"
	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/wiring"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/strict"
)

// diagnosis is the JSON form of "diagnose".
type diagnosis struct {
	Schema  string         `json:"schema"`
	Symptom string         `json:"symptom"`
	Verdict report.Verdict `json:"verdict"`
	// Cause is the finding to act on first; absent where nothing was found.
	Cause *report.Finding `json:"cause,omitzero"`
	// Findings are all, those that follow from others included.
	Findings  []report.Finding  `json:"findings"`
	Evidence  []report.Evidence `json:"evidence"`
	ElapsedMS int64             `json:"elapsed_ms"`
}

const diagnosisSchema = "linecheck.diagnosis/1"

func diagnoseCmd() *cobra.Command {
	var f runFlags
	var names []string
	for _, s := range catalog.Symptoms() {
		names = append(names, s.Name)
	}
	cmd := &cobra.Command{
		Use:   "diagnose [SYMPTOM]",
		Short: "Find the cause of a trouble, and say what to do",
		Long: `Find the cause of a trouble, and say what to do.

The checks that bear on the symptom run one after the other, those first that
find most causes in least time, until a cause is found. Nothing is sealed and
nothing is sent; with an invite it takes one of its runs.

Symptoms:

    offline    no connection
    slow       pages and downloads take long
    calls      calls do not connect, or break off
    choppy     voices break up
    unheard    others do not hear me
    silence    I do not hear others
    computer   everything on the computer is slow
    all        all of this; taken where none is named

Exit status: 0 nothing wrong was found, 3 a cause that keeps calls from working,
4 one that makes them worse under --strict, 5 it could not be judged, 1 could not
run, as when the invite asks for a newer program than this, 2 wrong usage or
unreadable invite, 6 the invite is not authentic, has expired or is revoked.`,
		Args: cobra.MatchAll(cobra.MaximumNArgs(1), func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && symptom(args[0]) == nil {
				return fmt.Errorf("there is no symptom %q; known ones are %s", args[0], strings.Join(names, ", "))
			}
			return nil
		}),
		ValidArgs: names,
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			return diagnose(cmd, f, append(args, "all")[0])
		}),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.invite, "invite", "", "invite file, or linecheck:// link: looks at the way to its server")
	fl.StringVar(&f.probe, "probe", "", "address of the invite's server, where it has another name from here")
	fl.StringVar(&f.policy, "policy", "", "policy to judge by, without an invite")
	fl.BoolVar(&f.yes, "yes", false, "nobody is asked anything")
	fl.BoolVar(&f.json, "json", false, "as JSON")
	fl.StringVar(&f.input, "input", "", "microphone (a part of its name, see 'devices')")
	fl.StringVar(&f.output, "output", "", "headphones or speakers (a part of the name)")
	fl.BoolVar(&f.strict, "strict", false, "exit with 4 where calls work, but not well")
	return cmd
}

func symptom(name string) *catalog.Symptom {
	for _, s := range catalog.Symptoms() {
		if s.Name == name {
			return &s
		}
	}
	return nil
}

func diagnose(cmd *cobra.Command, f runFlags, name string) error {
	f.checks = symptom(name).Checks
	p, closeLog, err := openTrial(cmd, f)
	if err != nil {
		return err
	}
	defer closeLog()
	if p.session == nil { // what keeps it from being opened is the answer
		d := diagnosis{Schema: diagnosisSchema, Symptom: name, Verdict: report.NotReady, Cause: &p.own[0], Findings: p.own, Evidence: []report.Evidence{}}
		return errors.Join(p.told(d), cli.End(cli.NotReady))
	}
	defer p.session.Close()
	begin := time.Now()
	event := p.terminal.event
	if f.json && f.yes { // else somebody has to see when to be quiet and when to speak
		event = func(checks.Event) {}
	}
	evidence := p.session.Search(cmd.Context(), event, func(found []report.Evidence) bool {
		return decided(p.session.Appraise(found))
	})
	p.terminal.clear()
	if cmd.Context().Err() != nil {
		return cli.Fail(cli.CouldNotRun, "stopped")
	}
	a := p.session.Appraise(evidence)
	a.Findings = append(p.own, a.Findings...)
	if len(p.own) > 0 {
		a.Verdict = report.NotReady
	}
	d := diagnosis{Schema: diagnosisSchema, Symptom: name, Verdict: a.Verdict, Findings: a.Findings, Evidence: evidence, ElapsedMS: time.Since(begin).Milliseconds()}
	first, ok := policy.First(a.Findings)
	if len(p.own) > 0 {
		first, ok = p.own[0], true
	}
	if ok {
		d.Cause = &first
	}
	if err := p.told(d); err != nil {
		return err
	}
	if len(p.own) == 0 { // else there is no place to keep it
		if err := p.keep(d); err != nil {
			return err
		}
	}
	return cli.End(cli.ForVerdict(a.Verdict, f.strict))
}

// decided says whether a cause is found that more checks would not make plainer.
func decided(a policy.Appraisal) bool {
	first, ok := policy.First(a.Findings)
	return ok && (first.Severity == report.Failure || first.Severity == report.Unknown)
}

// openTrial opens a session for finding out what is wrong. The session is nil where
// the clock of this computer is, and no invite counts by it.
func openTrial(cmd *cobra.Command, f runFlags) (*program, func(), error) {
	words, err := wiring.Messages("")
	if err != nil {
		return nil, nil, err
	}
	p := &program{cmd: cmd, flags: f, words: words, keys: newKeyboard(cmd.InOrStdin())}
	p.terminal = newTerminal(cmd.ErrOrStderr(), cmd.OutOrStdout(), words)
	p.show = p.terminal
	opt, closeLog, err := p.options()
	if err != nil {
		return nil, nil, err
	}
	opt.Trial = true
	done := closeLog
	p.session, err = session.Open(cmd.Context(), opt)
	if code, bad := homeTrouble(err); bad {
		p.own = append(p.own, report.Finding{Code: code, Check: "machine.memory", Args: unfilled(), Severity: report.Failure, Fault: report.FaultYou})
		dir, noPlace := os.MkdirTemp("", "linecheck")
		if noPlace != nil {
			closeLog()
			return nil, nil, p.refused(err)
		}
		done = func() { closeLog(); _ = os.RemoveAll(dir) }
		opt.Home = dir
		p.session, err = session.Open(cmd.Context(), opt)
	}
	var no *session.Refusal
	switch {
	case errors.As(err, &no) && no.Code == session.ClockRefusal:
		p.session = nil
		p.own = append(p.own, report.Finding{Code: "machine.clock.wrong", Check: "machine.system", Args: unfilled(), Severity: report.Failure, Fault: report.FaultYou})
	case err != nil:
		done()
		return nil, nil, p.refused(err)
	}
	return p, done, nil
}

// homeTrouble is the code of what is wrong with the folder for results. The
// diagnosis goes on in another one.
func homeTrouble(err error) (code string, bad bool) {
	switch {
	case errors.Is(err, session.ErrNoRoom):
		return "machine.disk.full", true
	case errors.Is(err, session.ErrReadOnly):
		return "machine.disk.readonly", true
	}
	return "", false
}

// keep writes the diagnosis down, for the file for IT support.
func (p *program) keep(d diagnosis) error {
	home, err := wiring.Home()
	if err != nil {
		return err
	}
	data, err := strict.Encode(d)
	if err != nil {
		return err
	}
	return session.WriteFile(filepath.Join(home, session.DiagnosisFile), data)
}

// told gives the answer.
func (p *program) told(d diagnosis) error {
	if p.flags.json {
		return writeJSON(p.cmd, d)
	}
	var b strings.Builder
	width := cli.Width(p.terminal.out)
	w := p.words
	if d.Cause == nil {
		defer p.notes(d.Findings)
		var looked []string
		for _, e := range d.Evidence {
			looked = append(looked, w.Name(e.Check))
		}
		b.WriteString(render.Wrap(w.Name("diagnose.nothing")+" "+strings.Join(looked, ", "), width, ""))
		_, err := fmt.Fprint(p.terminal.out, b.String())
		return err
	}
	explain(&b, *d.Cause, w, width)
	b.WriteString(render.Wrap("  "+w.Name("diagnose.fault")+" "+w.Name("fault."+string(d.Cause.Fault)), width, "    "))
	again := fmt.Sprintf("%s diagnose %s", Name, d.Symptom)
	if p.flags.invite != "" {
		again += " --invite FILE"
	}
	b.WriteString(render.Wrap("  "+w.Name("diagnose.again")+" "+again, width, "    "))
	others := 0
	for _, f := range policy.Worst(d.Findings) {
		if f.DependsOn != "" || f.Code == d.Cause.Code || f.Severity == report.Info {
			continue
		}
		if others++; others == 1 {
			b.WriteString("\n" + render.Wrap(w.Name("diagnose.others"), width, ""))
		}
		b.WriteString(render.Wrap(fmt.Sprintf("  - %s (%s)", render.Clean(w.For(f).Title), f.Code), width, "    "))
	}
	_, err := fmt.Fprint(p.terminal.out, b.String())
	return err
}

// notes are what is worth knowing where nothing is wrong, as a relay that is not there.
func (p *program) notes(list []report.Finding) {
	for _, f := range list {
		if f.Severity == report.Info && f.DependsOn == "" {
			fmt.Fprint(p.terminal.out, render.Wrap(fmt.Sprintf("  - %s (%s)", render.Clean(p.words.For(f).Title), f.Code), cli.Width(p.terminal.out), "    "))
		}
	}
}

// explain says what a finding means and what to do about it, on this system.
func explain(b *strings.Builder, f report.Finding, w *advice.Catalogue, width int) {
	a := w.For(f)
	b.WriteString(render.Wrap(fmt.Sprintf("%s (%s)", render.Clean(a.Title), f.Code), width, ""))
	for _, line := range []struct{ key, text string }{
		{"", a.Why}, {"diagnose.do", a.Action}, {"diagnose.where", w.Where(advice.Place(f), runtime.GOOS)}, {"diagnose.worked", a.Worked},
	} {
		if line.text == "" {
			continue
		}
		text := render.Clean(line.text)
		if line.key != "" {
			text = w.Name(line.key) + " " + text
		}
		b.WriteString(render.Wrap("  "+text, width, "    "))
	}
}
