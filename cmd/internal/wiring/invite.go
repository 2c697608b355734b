package wiring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/report/exchange"
)

// MaxInvite bounds what is read of an invite's file, in bytes.
const MaxInvite = 512 << 10

// ReadInvite takes an invite as it is given at the command line: a code or a short link by asking
// its server, a link that holds the invite as it is, nothing as nothing, and anything else as the name of a file.
func ReadInvite(ctx context.Context, arg string) ([]byte, error) {
	if data, ok, err := fetchInvite(ctx, arg); ok {
		return data, err
	}
	if arg == "" || strings.HasPrefix(arg, "linecheck:") {
		return []byte(arg), nil
	}
	data, err := cli.ReadFile(arg, MaxInvite)
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("%s is empty", arg)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file, and no invite's link or whole code either", arg)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// fetchTime is how long the server may take to hand out an invite.
const fetchTime = 15 * time.Second

// fetchInvite asks a server for the invite of a code; ok is false where text is no code.
// Whether it is authentic is found out later, as with any invite.
func fetchInvite(ctx context.Context, text string) (invite []byte, ok bool, err error) {
	origin, code, pin, ok := exchange.ParseInviteAddress(text)
	if !ok {
		return nil, false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	c, err := exchange.NewClient(origin, pin)
	if err != nil {
		return nil, true, err
	}
	defer c.Close()
	e, err := c.Invite(ctx, code)
	var no *exchange.Error
	switch {
	case errors.As(err, &no):
		return nil, true, &session.Refusal{Code: no.Code, Cause: errors.New(no.Message)}
	case err != nil:
		return nil, true, fmt.Errorf("the server of this code could not be asked (%w); use the link or the file", err)
	}
	data, err := e.Bytes()
	return data, true, err
}

// TypedInvite takes an invite as people type or paste it into a window: a link or a code.
func TypedInvite(ctx context.Context, text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	data, ok, err := fetchInvite(ctx, text)
	switch {
	case ok:
		return data, err
	case strings.HasPrefix(text, "linecheck:"):
		return []byte(text), nil
	}
	return nil, &session.Refusal{Code: "invite.malformed", Malformed: true,
		Cause: errors.New("this is neither an invite's link nor its code; look at the recruiter's message once more")}
}
