package supportcmd

import (
	"errors"
	"fmt"
	"os"

	"github.com/shirou/gopsutil/v3/host"
	"golang.org/x/term"

	"linecheck/assets"
	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/document"
	"linecheck/cmd/internal/wiring"
	"linecheck/report/policy"
)

// options checks what was given before anything runs.
func (p *program) options() (session.Options, func(), error) {
	f, none := p.flags, func() {}
	opt := session.Options{Server: f.probe, Checks: f.checks, Devices: f.input + "\n" + f.output, Manner: map[bool]string{true: "thorough"}[f.thorough], Program: buildinfo.Program(Name), MachineID: host.HostIDWithContext, PDF: document.Draw()}
	if f.invite == "" && f.probe != "" {
		return opt, none, cli.Fail(cli.Usage, "--probe needs --invite: a probe measures only for an invite")
	}
	if f.invite != "" && f.policy != "" {
		return opt, none, cli.Fail(cli.Usage, "--policy and --invite exclude each other: the invite brings its policy")
	}
	if f.quick && f.thorough {
		return opt, none, cli.Fail(cli.Usage, "--quick and --thorough exclude each other")
	}
	var err error
	if opt.Home, err = wiring.Home(); err != nil {
		return opt, none, err
	}
	if opt.Invite, err = wiring.ReadInvite(p.cmd.Context(), f.invite); err != nil {
		var no *session.Refusal
		if errors.As(err, &no) {
			return opt, none, p.refused(no)
		}
		return opt, none, cli.Fail(cli.Usage, "%w", err)
	}
	if opt.Policy, err = readPolicy(f.policy); err != nil {
		return opt, none, cli.Fail(cli.Usage, "%w", err)
	}
	if f.out != "" {
		if err := os.MkdirAll(f.out, 0o755); err != nil {
			return opt, none, fmt.Errorf("the folder for the report cannot be used: %w", err)
		}
		if err := session.Writable(f.out); err != nil {
			return opt, none, err
		}
	}
	// Somebody sits there who can be asked to speak, unless --yes says that nobody does.
	var person checks.Person
	if !f.yes && term.IsTerminal(int(os.Stdin.Fd())) {
		person = &typist{keys: p.keys, show: p.terminal, words: p.words}
	}
	if opt.Make, err = wiring.Checks(wiring.Choice{Input: f.input, Output: f.output, Person: person, Quick: f.quick, Thorough: f.thorough}); err != nil {
		return opt, none, err
	}
	log, closeLog := wiring.Log(opt.Home)
	opt.Log = log
	return opt, closeLog, nil
}

func readPolicy(path string) ([]byte, error) {
	if path == "" {
		return assets.Policy("self-check")
	}
	text, err := cli.ReadFile(path, policy.MaxSize)
	if err != nil {
		return nil, err
	}
	if _, err := policy.Parse(text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}
