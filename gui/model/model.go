// Package model is what the window knows and what it does next, without a
// window: a state and one function, [Model.Update], that takes what happened
// and says what to do about it. What the person reads is plain data, made by
// [Model.View]. No widget, goroutine, clock, file or network comes in here.
//
//	screen     left by                       to
//	opening    Opened, OpenFailed            welcome (checking on "run again"), refused
//	refused    Retry                         opening
//	welcome    Start, Retry, Chosen          checking, opening
//	checking   RunEnded, Stop, OpenFailed    result, stopping, refused (asked while a check asks)
//	stopping   RunEnded, OpenFailed          opening (what was measured is kept), refused
//	result     Again, ShowReview             opening, review
//	review     Back, Agree                   result, sending
//	sending    Delivered, OpenFailed         sent, unsent, refused
//	unsent     Agree                         sending
//	sent       closing the window
//
// Whatever else happens on a screen is ignored. Closing is possible
// everywhere; while something is measured it is asked for once.
package model

import (
	"strings"

	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/render"
)

// Screen is what the window shows: one thing at a time.
type Screen string

// The screens.
const (
	Opening  Screen = "opening"
	Refused  Screen = "refused"
	Welcome  Screen = "welcome"
	Checking Screen = "checking"
	// QuestionAsked is shown for Checking while a check asks something.
	QuestionAsked Screen = "asked"
	Stopping      Screen = "stopping"
	Result        Screen = "result"
	Review        Screen = "review"
	Sending       Screen = "sending"
	Sent          Screen = "sent"
	Unsent        Screen = "unsent"
)

// Words are the texts in the reader's language; [advice.Catalogue] is one.
type Words interface {
	// Name is what people call the thing with that key; the key itself where it has no name.
	Name(key string) string
	// For is what is wrong and what to do about it.
	For(f report.Finding) advice.Advice
}

// Model is the state of the window. One goroutine uses it.
type Model struct {
	words   Words
	screen  Screen
	closing bool // the question whether to stop and close is shown
	again   bool // the run starts by itself once the session is open

	offer    Offer
	failure  OpenFailed
	rows     []row
	outcome  Outcome
	name     string
	delivery Delivery
	devices  Devices
	chosen   Chosen
	asked    []Asked // the first is shown
	answer   Answered
}

// New is a window that is about to open its session.
func New(words Words) *Model { return &Model{words: words, screen: Opening} }

// Screen is what is shown.
func (m *Model) Screen() Screen { return m.screen }

// Update takes what happened and says what to do about it.
func (m *Model) Update(msg Msg) Command {
	switch msg := msg.(type) {
	case CloseAsked:
		return m.closeAsked()
	case CloseAnswered:
		return m.closeAnswered(msg)
	case Listed:
		m.devices = msg.Devices
		return Nothing
	case Chosen:
		return m.choose(msg)
	}
	switch m.screen {
	case Opening:
		return m.opening(msg)
	case Refused, Welcome:
		return m.before(msg)
	case Checking, Stopping:
		return m.running(msg)
	case Result, Review:
		return m.after(msg)
	default:
		return m.sending(msg)
	}
}

// closeAsked closes at once, but asks first where a run would be cut off. Who
// asks to close while being asked means it.
func (m *Model) closeAsked() Command {
	if m.screen == Checking && !m.closing {
		m.closing = true
		return Nothing
	}
	m.closing = false
	return Quit
}

func (m *Model) closeAnswered(msg CloseAnswered) Command {
	asked := m.closing
	m.closing = false
	if asked && msg.Yes {
		return Quit
	}
	return Nothing
}

func (m *Model) opening(msg Msg) Command {
	switch msg := msg.(type) {
	case OpenFailed:
		m.screen, m.failure, m.again = Refused, msg, false
	case Opened:
		m.offer, m.rows = msg.Offer, rowsOf(msg.Offer.Plan)
		m.screen = Welcome
		if m.again {
			m.again = false
			return m.start()
		}
	}
	return Nothing
}

func (m *Model) start() Command {
	m.screen, m.asked = Checking, nil
	return Run
}

func (m *Model) before(msg Msg) Command {
	switch msg.(type) {
	case Retry:
		m.screen = Opening
		return Open
	case Start:
		if m.screen == Welcome {
			return m.start()
		}
	}
	return Nothing
}

func (m *Model) running(msg Msg) Command {
	switch msg := msg.(type) {
	case Event:
		m.event(msg)
	case Asked, Answered, Withdrawn:
		return m.asking(msg)
	case Stop:
		if m.screen == Checking {
			m.screen, m.closing = Stopping, false
			return Cancel
		}
	case RunEnded:
		m.closing = false
		if m.screen == Stopping || msg.Outcome.Stopped {
			m.screen = Opening
			return Open
		}
		m.screen, m.outcome = Result, msg.Outcome
	case OpenFailed:
		m.screen, m.failure, m.closing = Refused, msg, false
	}
	return Nothing
}

func (m *Model) after(msg Msg) Command {
	switch msg := msg.(type) {
	case Again:
		if m.screen == Result && !m.offer.Sealed {
			m.screen, m.again = Opening, true
			return OpenFresh
		}
	case Retry:
		if m.screen == Result && m.offer.Unconfirmed != "" {
			m.screen = Opening
			return Open
		}
	case ShowReview:
		if m.screen == Result && m.deliverable() {
			m.screen = Review
		}
	case Back:
		m.screen = Result
	case NameTyped:
		m.name = msg.Name
	case Agree:
		if m.screen == Review && m.mayAgree() {
			m.screen = Sending
			return Deliver
		}
	}
	return Nothing
}

func (m *Model) sending(msg Msg) Command {
	switch msg := msg.(type) {
	case OpenFailed:
		if m.screen == Sending {
			m.screen, m.failure = Refused, msg
		}
	case Delivered:
		if m.screen != Sending {
			return Nothing
		}
		m.delivery, m.screen = msg.Delivery, Sent
		if msg.Delivery.Problem != "" {
			m.screen = Unsent
		}
	case Agree:
		if m.screen == Unsent {
			m.screen = Sending
			return Deliver
		}
	}
	return Nothing
}

// deliverable: somebody confirmed asked for the report, or the person keeps it.
func (m *Model) deliverable() bool { return m.offer.Unconfirmed == "" }

// upload says whether the report leaves the computer.
func (m *Model) upload() bool { return m.offer.Invite != nil && m.offer.Unconfirmed == "" }

// nameNeeded: the invite asks for a legal name, and the report is not signed with one yet.
func (m *Model) nameNeeded() bool {
	return m.upload() && m.offer.Invite.LegalName && !m.offer.Sealed
}

// maxName bounds the legal name, in bytes.
const maxName = 200

// LegalName is the name as it is signed with: trimmed, without invisible
// characters; empty where none is asked for.
func (m *Model) LegalName() string {
	if !m.nameNeeded() {
		return ""
	}
	return strings.Join(strings.Fields(render.Clean(m.name)), " ")
}

func (m *Model) mayAgree() bool {
	n := len(m.LegalName())
	return !m.nameNeeded() || n > 0 && n <= maxName
}
