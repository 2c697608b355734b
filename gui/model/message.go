package model

import (
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/policy"
)

// Command is what the window has to do after an update.
type Command string

// The commands.
const (
	// Nothing but to show the view.
	Nothing Command = ""
	// Open the session; what was measured before an interruption counts.
	Open Command = "open"
	// OpenFresh opens the session to measure everything anew.
	OpenFresh Command = "open-fresh"
	// OpenWith opens the session for the devices that were chosen.
	OpenWith Command = "open-with"
	// Run the checks.
	Run Command = "run"
	// Cancel the run.
	Cancel Command = "cancel"
	// Reply gives the answer to the check that asked.
	Reply Command = "reply"
	// Deliver the report: seal it with the legal name, send it where somebody asked for it, write its files.
	Deliver Command = "deliver"
	// Quit the program.
	Quit Command = "quit"
)

// Msg is something that happened: the person did it, or the session.
type Msg interface{ message() }

// What the person does.
type (
	// Start agrees to the plan.
	Start struct{}
	// Retry opens the session once more.
	Retry struct{}
	// Stop ends the run before its time.
	Stop struct{}
	// Again measures everything once more.
	Again struct{}
	// ShowReview asks for what would be sent.
	ShowReview struct{}
	// Back leaves the review without sending.
	Back struct{}
	// NameTyped is the legal name as typed so far.
	NameTyped struct{ Name string }
	// Agree signs and delivers; on the screen that says that sending failed, it tries once more.
	Agree struct{}
	// CloseAsked: the window's close button was pressed.
	CloseAsked struct{}
	// CloseAnswered is the answer to the question whether to stop and close.
	CloseAnswered struct{ Yes bool }
)

// What the session says.
type (
	// Opened: the session is open and planned.
	Opened struct{ Offer Offer }
	// OpenFailed: nothing may or can run.
	OpenFailed struct {
		// Code is the refusal's, as "invite.expired", or one of the codes below.
		Code string
		// Text is one clear line.
		Text string
	}
	// Event is one event of the run.
	Event struct{ checks.Event }
	// RunEnded: the run is over.
	RunEnded struct{ Outcome Outcome }
	// Delivered: the report is sealed and written; sent or not.
	Delivered struct{ Delivery Delivery }
)

// Codes of [OpenFailed] beside those of refusals.
const (
	// CodeBusy: the session is open in another window or terminal.
	CodeBusy = "gui.busy"
	// CodeFolder: the folder for results cannot be used.
	CodeFolder = "gui.folder"
	// CodeBroken: our own code failed.
	CodeBroken = "gui.broken"
)

func (Start) message()         {}
func (Retry) message()         {}
func (Stop) message()          {}
func (Again) message()         {}
func (ShowReview) message()    {}
func (Back) message()          {}
func (NameTyped) message()     {}
func (Agree) message()         {}
func (CloseAsked) message()    {}
func (CloseAnswered) message() {}
func (Opened) message()        {}
func (OpenFailed) message()    {}
func (Event) message()         {}
func (RunEnded) message()      {}
func (Delivered) message()     {}

// Offer is an open session: who asks for what, and what will be measured.
type Offer struct {
	// Invite is what the invite says; nil for a self-check.
	Invite *report.Invite
	// Sender is the confirmed organisation; empty where there is none.
	Sender string
	// Unconfirmed is why the invite's sender could not be confirmed: then nothing
	// is sent. Empty where it was, and for a self-check.
	Unconfirmed string
	// Sealed: the report was signed before an interruption; nothing is left to measure.
	Sealed bool
	// Plan is what will be measured, in order.
	Plan []Planned
	// Program is what the report says of this program.
	Program report.Program
	// SentBefore is how many reports of earlier sessions were sent just now.
	SentBefore int
}

// Planned is one check of the plan.
type Planned struct {
	checks.Spec
	// Kept: measured before an interruption, and still good.
	Kept bool
}

// Outcome is how a run came out.
type Outcome struct {
	// Stopped: it was cut off, and is not judged.
	Stopped   bool
	Evidence  []report.Evidence
	Appraisal policy.Appraisal
}

// Delivery is what became of a report.
type Delivery struct {
	// Sent: the server answered with a receipt.
	Sent bool
	// Received is the server's clock when it took the report in; zero where not sent.
	Received time.Time
	// Files are the paths of the report on this computer.
	Files []string
	// Problem is why it was not sealed or not sent; empty where all went well.
	Problem string
	// Waiting: it is sealed and waits to be sent.
	Waiting bool
}
