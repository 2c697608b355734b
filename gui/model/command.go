package model

// Deed is what the window has to do after an update.
type Deed string

// The deeds.
const (
	// Open the session that [Model.Wish] names, for the devices in [Model.Preferences].
	Open Deed = "open"
	// Run the checks; [Model.OrderedAgain] once more.
	Run Deed = "run"
	// Cancel the run.
	Cancel Deed = "cancel"
	// Halt one check of the run.
	Halt Deed = "halt"
	// Reply gives the answer to the check that asked.
	Reply Deed = "reply"
	// Deliver the report: seal it with the legal name, send it if wanted, write its files.
	Deliver Deed = "deliver"
	// SavePreferences keeps [Model.Preferences] and shows the window by them.
	SavePreferences Deed = "save-preferences"
	// Help does what an action says beside the session, as to open a page of the system's settings.
	Help Deed = "help"
	// Quit the program.
	Quit Deed = "quit"
)

// Command is a deed and what it is about; the zero Command does nothing but show the view.
type Command struct {
	Do Deed
	// Check and Accommodation are of [Halt].
	Check         string
	Accommodation bool
	// Send is of [Deliver].
	Send bool
	// Action is of [Help].
	Action Action
}
