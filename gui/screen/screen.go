// Package screen builds what the person sees from what the model says, and
// tells the model what the person did. It decides nothing and waits for
// nothing; all of it runs on the window's own goroutine.
package screen

import (
	"fyne.io/fyne/v2"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// Page is one screen in the window.
type Page struct {
	// Content is what the window shows.
	Content fyne.CanvasObject
	// Body is the part that scrolls.
	Body *own.Body
	// Buttons are all buttons, as they stand from the top to the bottom.
	Buttons []*own.Button
	// First is what the keyboard acts on at first; nil for nothing.
	First fyne.Focusable
	// Deeper leads to the page above this one, and is where the keyboard acts on the way back; nil for none.
	Deeper fyne.Focusable
	// Update shows a later view of the same screen; where it is nil, the page has to be made anew.
	Update func(v model.View)
	// Key takes what is typed while nothing has the focus: it scrolls, and Escape goes back.
	Key func(e *fyne.KeyEvent)
}

// New is the page for a view. send tells the model what the person did.
func New(v model.View, send func(model.Msg)) Page {
	m := &maker{view: v, send: send}
	switch v.Screen {
	case model.Welcome:
		return m.welcome(v.Welcome)
	case model.GetReady:
		return m.ready(v.Ready)
	case model.Checking, model.Paused:
		return m.checks(v.Checks)
	case model.QuestionAsked:
		return m.asked(v.Asked)
	case model.Result:
		return m.result(v.Result)
	case model.Review:
		return m.review(v.Review)
	case model.Sent, model.Unsent:
		return m.sent(v.Sent)
	case model.Settings:
		return m.settings(v.Settings)
	case model.Licences:
		return m.licences(v.Licences)
	default:
		return m.plain(v.Plain)
	}
}

// maker makes a page and remembers its buttons.
type maker struct {
	view    model.View
	send    func(model.Msg)
	buttons []*own.Button
	fields  []*own.Entry
}

// field is a field to type into.
func (m *maker) field() *own.Entry {
	e := own.NewEntry()
	m.fields = append(m.fields, e)
	return e
}

// button is a button that says what the model wants said; nil for one without a label.
func (m *maker) button(b model.Button, kind own.Kind) *own.Button { return m.iconButton(b, "", kind) }

func (m *maker) iconButton(b model.Button, icon string, kind own.Kind) *own.Button {
	if b.Label == "" {
		return nil
	}
	made := own.NewIconButton(b.Label, icon, kind, func() { m.send(b.Says) })
	m.buttons = append(m.buttons, made)
	return made
}
