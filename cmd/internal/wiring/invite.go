package wiring

import (
	"fmt"
	"strings"

	"linecheck/cmd/internal/cli"
)

// MaxInvite bounds what is read of an invite's file, in bytes.
const MaxInvite = 512 << 10

// ReadInvite takes an invite as it is given at the command line: a link as it
// is, nothing as nothing, and anything else as the name of a file.
func ReadInvite(arg string) ([]byte, error) {
	if arg == "" || strings.HasPrefix(arg, "linecheck:") {
		return []byte(arg), nil
	}
	data, err := cli.ReadFile(arg, MaxInvite)
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("%s is empty", arg)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}
