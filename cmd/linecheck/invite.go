package main

import (
	"context"
	"strings"

	"linecheck/cmd/internal/wiring"
	"linecheck/gui/model"
	"linecheck/report/exchange"
)

// wishOf is which session an argument of the command line asks for.
func wishOf(arg string) model.Wish {
	switch {
	case arg == "":
		return model.Wish{}
	case strings.HasPrefix(arg, "linecheck:"):
		return model.Wish{Text: arg}
	}
	if _, _, ok := exchange.ParseInviteAddress(arg); ok {
		return model.Wish{Text: arg}
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
