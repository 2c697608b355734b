// Package model is what the window knows and what it does next, without a
// window: a state and one function, [Model.Update], that takes what happened
// and says what to do about it. What the person reads is plain data, made by
// [Model.View]. No widget, goroutine, clock, file or network comes in here.
//
//	screen     left by                          to
//	opening    Opened, OpenFailed               welcome, or where the person was; refused
//	refused    Retry, Use                       opening
//	welcome    Start, Retry, Use                get-ready, opening
//	get-ready  Go, Back                         checking (opening, where other devices were chosen), welcome
//	paused     Go, Back                         checking, get-ready
//	checking   RunEnded, Stop, OpenFailed       result, stopping, refused (asked while a check asks)
//	stopping   RunEnded, OpenFailed             opening and then paused, refused
//	result     Again, ShowReview, Back          checking, review, get-ready
//	review     Back, Agree                      result, sending
//	sending    Delivered, OpenFailed            sent, unsent, refused
//	unsent     Agree                            sending
//	sent       closing the window
//
// Whatever else happens on a screen is ignored. The settings, the licences above them, and a
// question lie above a screen, which goes on below. Closing is possible everywhere; while
// something is measured it is asked for once.
package model

import (
	"linecheck/report"
	"linecheck/report/advice"
)

// Screen is what the window shows: one thing at a time.
type Screen string

// The screens.
const (
	Opening  Screen = "opening"
	Refused  Screen = "refused"
	Welcome  Screen = "welcome"
	GetReady Screen = "get-ready"
	// Paused shows the checks while none runs.
	Paused   Screen = "paused"
	Checking Screen = "checking"
	// QuestionAsked is shown for Checking while a check asks something.
	QuestionAsked Screen = "asked"
	Stopping      Screen = "stopping"
	Result        Screen = "result"
	Review        Screen = "review"
	Sending       Screen = "sending"
	Sent          Screen = "sent"
	// Unsent: the report is sealed and was not sent, because it could not be or because the person wanted it so.
	Unsent Screen = "unsent"
	// Settings lie above any other screen.
	Settings Screen = "settings"
	// Licences lie above the settings.
	Licences Screen = "licences"
)

// Words are the texts in the reader's language; [advice.Catalogue] is one.
type Words interface {
	// Tag is the language's code, as "pt".
	Tag() string
	// Name is what people call the thing with that key; the key itself where it has no name.
	Name(key string) string
	// For is what is wrong and what to do about it.
	For(f report.Finding) advice.Advice
}

// Model is the state of the window. One goroutine uses it.
type Model struct {
	words    Words
	screen   Screen
	settings bool // the settings are shown
	reading  bool // and above them the licences
	question question
	target   Screen // where a run that only takes over what is kept leads to
	onward   bool   // the run starts by itself once the session is open
	notice   string

	wish      Wish
	next      Wish // an invite that was clicked on while another was opened
	prefs     Preferences
	opened    Preferences // those that the open session was planned with
	languages []Language
	licences  string
	terminal  string
	offer     Offer
	failure   OpenFailed
	room      room
	devices   Devices
	rows      []row
	again     []string
	outcome   Outcome
	detailed  bool // all values are shown
	name      string
	send      bool
	delivery  Delivery
	asked     []Asked // the first is shown
	answer    Answered
}

// New is a window that is about to open its session as wished.
func New(words Words, prefs Preferences, languages []Language, wish Wish) *Model {
	return &Model{words: words, screen: Opening, target: Result, prefs: prefs, languages: languages, wish: wish}
}

// Screen is what is shown.
func (m *Model) Screen() Screen { return m.screen }

// SetWords takes the texts of another language.
func (m *Model) SetWords(words Words) { m.words = words }

// SetLicences takes the licences of all that is in the program, for the person to read.
func (m *Model) SetLicences(text string) { m.licences = text }

// SetTerminal takes what is typed into a terminal of this computer to run the terminal's program.
func (m *Model) SetTerminal(program string) { m.terminal = program }

// Update takes what happened and says what to do about it.
func (m *Model) Update(msg Msg) Command {
	switch msg := msg.(type) {
	case CloseAsked:
		return m.closeAsked()
	case QuestionAnswered:
		return m.answered(msg)
	case ShowSettings:
		m.settings, m.reading = msg.Show, false
		return Command{}
	case ShowLicences:
		m.reading = msg.Show
		return Command{}
	case Prefer:
		m.prefs = msg.Preferences
		return Command{Do: SavePreferences}
	case ChosenDevices:
		return m.chosen(msg)
	case Listed:
		m.listed(msg.Devices)
		return Command{}
	case Seen:
		m.room.around = msg.Around
		return Command{}
	case Heard:
		m.room.hear(msg)
		return Command{}
	case Told:
		m.notice = m.told(msg)
		return Command{}
	case Linked:
		return m.linked(msg)
	}
	switch m.screen {
	case Opening:
		return m.opening(msg)
	case Refused, Welcome, GetReady, Paused:
		return m.before(msg)
	case Checking, Stopping:
		return m.running(msg)
	case Result, Review:
		return m.after(msg)
	default:
		return m.sending(msg)
	}
}
