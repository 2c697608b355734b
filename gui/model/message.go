package model

import (
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/policy"
)

// Msg is something that happened: the person did it, or the session.
type Msg interface{ message() }

// What the person does.
type (
	// Start has read who asks for what.
	Start struct{}
	// Use opens another session.
	Use struct{ Wish Wish }
	// Go agrees to the plan, or goes on with it.
	Go struct{}
	// Retry opens the session once more.
	Retry struct{}
	// Stop ends the run before its time.
	Stop struct{}
	// HaltAsked: one check is to be left out or ended; it is asked how.
	HaltAsked struct{ Check string }
	// Again measures a check once more; everything where none is named.
	Again struct{ Check string }
	// Act does what helps against a problem.
	Act struct{ Action Action }
	// ShowAll shows all values, or only those that matter most.
	ShowAll struct{ All bool }
	// ShowReview asks for what would be sent.
	ShowReview struct{}
	// Back goes one screen back.
	Back struct{}
	// NameTyped is the legal name as typed so far.
	NameTyped struct{ Name string }
	// Agree signs, and sends or only stores; on the screen that says that the report was not sent, it tries once more.
	Agree struct{ Send bool }
	// ShowSettings shows the settings or takes them away.
	ShowSettings struct{ Show bool }
	// ShowLicences shows the licences above the settings or takes them away.
	ShowLicences struct{ Show bool }
	// Prefer takes other preferences.
	Prefer struct{ Preferences Preferences }
	// CloseAsked: the window's close button was pressed.
	CloseAsked struct{}
	// QuestionAnswered is the answer to the question that lies above a screen, by its number from 0.
	QuestionAnswered struct{ Answer int }
)

// What the session and the computer say.
type (
	// Opened: the session is open and planned.
	Opened struct{ Offer Offer }
	// OpenFailed: nothing may or can run.
	OpenFailed struct {
		// Code is the refusal's, as "invite.expired", or one of the codes below.
		Code string
		// Text is one clear line.
		Text string
		// Old is filled in where the invite asks for a newer program.
		Old Old
	}
	// Event is one event of the run.
	Event struct{ checks.Event }
	// RunEnded: the run is over.
	RunEnded struct{ Outcome Outcome }
	// Delivered: the report is sealed and written; sent or not.
	Delivered struct{ Delivery Delivery }
	// Told is how something came out that the person asked for beside all this.
	Told struct {
		// Key is the text, as "gui.support.done".
		Key string
		// Value fills its blank {value}.
		Value string
	}
	// Linked: an invite was clicked on while the window was open.
	Linked struct{ Wish Wish }
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

func (Start) message()            {}
func (Use) message()              {}
func (Go) message()               {}
func (Retry) message()            {}
func (Stop) message()             {}
func (HaltAsked) message()        {}
func (Again) message()            {}
func (Act) message()              {}
func (ShowAll) message()          {}
func (ShowReview) message()       {}
func (Back) message()             {}
func (NameTyped) message()        {}
func (Agree) message()            {}
func (ShowSettings) message()     {}
func (ShowLicences) message()     {}
func (Prefer) message()           {}
func (CloseAsked) message()       {}
func (QuestionAnswered) message() {}
func (Opened) message()           {}
func (OpenFailed) message()       {}
func (Event) message()            {}
func (RunEnded) message()         {}
func (Delivered) message()        {}
func (Told) message()             {}
func (Linked) message()           {}

// Old says that an invite asks for a newer program than this one.
type Old struct {
	// Version is this program's, AtLeast the oldest that will do.
	Version, AtLeast string
	// Link is where that can be had; empty where the invite's sender could not be confirmed.
	Link string
}

// Wish is which session is to be opened. Where all is empty, the one that is not
// finished; a check for oneself where there is none.
type Wish struct {
	// Text is an invite's link, or its code as typed.
	Text string
	// File is the path of an invite's file.
	File string
	// Self wants a check for oneself.
	Self bool
}

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
	// Reported is when the server last took a report in for this invite; zero for never.
	Reported time.Time
	// Pseudonym: the report holds a pseudonym of this computer.
	Pseudonym bool
	// Place is where the person was when the session was left.
	Place Place
	// Terminal is what has the terminal's program go on with this session, after its name.
	Terminal string
}

// Planned is one check of the plan.
type Planned struct {
	checks.Spec
	// Kept: measured before an interruption, and still good.
	Kept bool
}

func allKept(plan []Planned) bool {
	for _, p := range plan {
		if !p.Kept {
			return false
		}
	}
	return len(plan) > 0
}

// Outcome is how a run came out.
type Outcome struct {
	// Stopped: it was cut off, and is not judged.
	Stopped   bool
	Evidence  []report.Evidence
	Appraisal policy.Appraisal
	// Before is what checks had measured before they ran again, by check.
	Before map[string]report.Evidence
}

// Delivery is what became of a report.
type Delivery struct {
	// Sent: the server answered with a receipt.
	Sent bool
	// Received is the server's clock when it took the report in; zero where not sent.
	Received time.Time
	// Code is the report's look-up code.
	Code string
	// Lookup is the address where the code is looked up; empty for a self-check.
	Lookup string
	// Files are the paths of the report on this computer.
	Files []string
	// PDF is the path of the copy that the person finds; empty where there is none.
	PDF string
	// Problem is why it was not sealed or not sent; empty where all went as wanted.
	Problem string
	// Refused: the server will never take it in.
	Refused bool
	// Waiting: it is sealed and waits to be sent.
	Waiting bool
}
