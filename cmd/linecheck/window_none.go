//go:build !cgo

package main

import (
	"context"
	"errors"
)

// run says that this build has no window: the graphics library needs cgo.
func (w window) run(context.Context) error {
	return withoutWindow(w.err, w.cfg.Words(w.cfg.Preferences.Language), w.home, w.wish, errors.New("this build of the program has no window"))
}
