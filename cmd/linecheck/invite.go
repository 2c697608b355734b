package main

import (
	"context"
	"path/filepath"
	"strings"

	"linecheck/cmd/internal/wiring"
	"linecheck/gui/model"
	"linecheck/report/exchange"
)

// linkScheme begins an invite's link.
const linkScheme = "linecheck:"

// wishOf is which session an argument of the command line asks for.
func wishOf(arg string) model.Wish {
	switch {
	case arg == "":
		return model.Wish{}
	case strings.HasPrefix(arg, linkScheme):
		return model.Wish{Text: arg}
	}
	if _, _, _, ok := exchange.ParseInviteAddress(arg); ok {
		return model.Wish{Text: arg}
	}
	if abs, err := filepath.Abs(arg); err == nil { // whoever reads it may stand elsewhere: another process, or this one on macOS, where the graphics library changes the folder
		arg = abs
	}
	return model.Wish{File: arg}
}

// readInvite reads an invite from where it is.
func readInvite(ctx context.Context, w model.Wish) ([]byte, error) {
	if w.File != "" {
		return wiring.ReadInvite(ctx, w.File)
	}
	return wiring.TypedInvite(ctx, w.Text)
}
