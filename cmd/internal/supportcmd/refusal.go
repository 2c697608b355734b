package supportcmd

import (
	"errors"

	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
)

// refusal is the JSON form of an invite that is not acted upon: the one line that there is then.
type refusal struct {
	Schema string `json:"schema"`
	Type   string `json:"type"`
	// Code is stable, as "invite.expired"; Message is what standard error says.
	Code    string `json:"code"`
	Message string `json:"message"`
	// Program is there where the invite asks for a newer program.
	Program *oldProgram `json:"program,omitzero"`
}

// oldProgram says which program this is and which one is asked for.
type oldProgram struct {
	Version string `json:"version"`
	AtLeast string `json:"at_least"`
	// Link is where that can be had; absent where the invite's sender could not be confirmed.
	Link string `json:"link,omitzero"`
}

const refusalSchema = "linecheck.refusal/1"

// refused is the exit for an error of opening the session. With --json a refusal is answered too.
func (p *program) refused(err error) error {
	var no *session.Refusal
	if !p.flags.json || !errors.As(err, &no) {
		return exitFor(err)
	}
	r := refusal{Schema: refusalSchema, Type: "refused", Code: no.Code, Message: no.Error()}
	var old *session.OldProgram
	if errors.As(err, &old) {
		r.Program = &oldProgram{Version: old.Version, AtLeast: old.Needed.AtLeast, Link: old.Needed.Link}
	}
	return errors.Join(exitFor(err), writeJSON(p.cmd, r))
}

// exitFor gives an error of opening the session its exit code.
func exitFor(err error) error {
	var no *session.Refusal
	switch {
	case errors.As(err, &no) && no.Malformed, errors.Is(err, session.ErrUnknownCheck):
		return &cli.Exit{Code: cli.Usage, Err: err}
	case errors.As(err, &no) && (no.Code == session.ClockRefusal || no.Code == session.ProgramRefusal):
		return &cli.Exit{Code: cli.CouldNotRun, Err: err}
	case errors.As(err, &no):
		return &cli.Exit{Code: cli.NotAuthentic, Err: err}
	default:
		return err
	}
}
