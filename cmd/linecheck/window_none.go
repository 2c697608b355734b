//go:build !cgo

package main

import (
	"context"

	"linecheck/cmd/internal/cli"
)

// run says that this build has no window: the graphics library needs cgo.
func (w window) run(context.Context) error {
	return cli.Fail(cli.CouldNotRun, "this build of the program has no window; %s", instead)
}
