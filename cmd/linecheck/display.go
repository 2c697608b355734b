package main

import (
	"context"
	"io"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui"
	"linecheck/gui/model"
)

// instead is what to do where no window can be shown.
const instead = "run 'linecheck-support run' in a terminal instead, it does the same check"

// window is the window and what it is made of.
type window struct {
	engine gui.Engine
	words  model.Words
	person *gui.Person // who the checks ask; nil where nothing runs
	err    io.Writer
}

// unusable is the engine for an invite that cannot be read.
type unusable struct{ err error }

// Choose does nothing: there is nothing to open for other devices.
func (unusable) Choose(string, string) {}

// Open says why.
func (u unusable) Open(context.Context, bool) (model.Offer, error) {
	return model.Offer{}, &session.Refusal{Code: "invite.malformed", Malformed: true, Cause: u.err}
}

// Run is never reached.
func (unusable) Run(context.Context, func(checks.Event)) model.Outcome {
	return model.Outcome{Stopped: true}
}

// Deliver is never reached.
func (u unusable) Deliver(context.Context, string) model.Delivery {
	return model.Delivery{Problem: u.err.Error()}
}
