package main

import (
	"context"
	"slices"

	"linecheck/cmd/internal/wiring"
	"linecheck/gui/model"
)

// devices are the names of the sound devices, each once; none where they cannot be listed.
func devices(ctx context.Context) (found model.Devices) {
	h, err := wiring.Helper()
	if err != nil {
		return found
	}
	all, err := h.List(ctx)
	if err != nil {
		return found
	}
	add := func(to []string, name string, channels int) []string {
		if channels == 0 || slices.Contains(to, name) {
			return to
		}
		return append(to, name)
	}
	for _, d := range all {
		found.Inputs, found.Outputs = add(found.Inputs, d.Name, d.Inputs), add(found.Outputs, d.Name, d.Outputs)
	}
	return found
}
