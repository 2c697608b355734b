package main

import (
	"context"
	"strings"

	"linecheck/cmd/internal/wiring"
	"linecheck/gui/model"
)

// wishOf is which session an argument of the command line asks for.
func wishOf(arg string) model.Wish {
	switch {
	case arg == "":
		return model.Wish{}
	case strings.HasPrefix(arg, "linecheck:"):
		return model.Wish{Text: arg}
	default:
		return model.Wish{File: arg}
	}
}

// readInvite reads an invite from where it is.
func readInvite(_ context.Context, w model.Wish) ([]byte, error) {
	if w.File != "" {
		return wiring.ReadInvite(w.File)
	}
	return []byte(strings.TrimSpace(w.Text)), nil
}
