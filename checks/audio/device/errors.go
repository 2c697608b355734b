package device

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what kind of thing went wrong with a sound device or its helper.
type Kind string

// The kinds of errors.
const (
	// Missing: the helper program is not there or could not be started.
	Missing Kind = "helper-missing"
	// Crashed: the helper process ended or was killed before it was done, or said something senseless.
	Crashed Kind = "helper-crashed"
	// NoDevice: there is no device for that direction.
	NoDevice Kind = "no-device"
	// UnknownName: no device has the chosen name.
	UnknownName Kind = "unknown-name"
	// AmbiguousName: more than one device has the chosen name.
	AmbiguousName Kind = "ambiguous-name"
	// OpenFailed: the device is there but could not be opened, as one that another program holds.
	OpenFailed Kind = "open-failed"
	// Gone: the device stopped and is not listed any more.
	Gone Kind = "device-gone"
	// Stalled: the device or the whole sound system stopped answering.
	Stalled Kind = "device-stalled"
	// OverBudget: sound still moved, but slower than any working device moves it.
	OverBudget Kind = "over-budget"
)

// Error is why an operation on a sound device failed.
type Error struct {
	Kind Kind
	// Direction is Input, Output, or Both where the whole sound system or the helper is meant.
	Direction Direction
	// Message is for the log. It may name devices.
	Message string
	// Choices are the names to choose from, for UnknownName and AmbiguousName.
	Choices []string
	// Stderr is the end of what the helper and its libraries printed, at most 4 kB, for the log.
	Stderr string

	cause error
}

// Error names the kind, the direction, the message and the choices, but not Stderr.
func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Direction != Both {
		s = string(e.Direction) + " " + s
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if len(e.Choices) > 0 {
		s += fmt.Sprintf(" (there are: %s)", strings.Join(e.Choices, ", "))
	}
	return s
}

// Unwrap is the error behind it, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Is says whether err is an [Error] of that kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
