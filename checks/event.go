package checks

import (
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
)

// EventType says what an event tells.
type EventType string

// The events of a run, in the order they come for one check.
const (
	EventStarted  EventType = "started"
	EventProgress EventType = "progress"
	EventFinished EventType = "finished"
)

// Event is one thing that happened in a run. The window, the terminal, the
// JSON lines and the log all read this one stream.
type Event struct {
	Type EventType
	// Check is the id of the check it is about.
	Check string
	// At is this computer's clock.
	At time.Time
	// Progress is set for progress events.
	Progress Progress
	// Elapsed is how long the check has run so far.
	Elapsed time.Duration
	// Evidence is set for finished events.
	Evidence *report.Evidence
	// Observations are what the far end sealed of the check; set for finished events.
	Observations []envelope.Envelope
	// Voice is a FLAC file of the person's voice, which they agreed to be sent; set for finished events.
	Voice []byte
	// Private are lines for the person at this computer that go into no report, by
	// what they are; set for finished events.
	Private map[string][]string
	// Kept says that the evidence is from an earlier, interrupted part of this run.
	Kept bool
	// Err is what the check returned, for the log; nil where it measured.
	Err error
}
