// Package screen builds what the person sees from what the model says, and
// tells the model what the person did. It decides nothing and waits for
// nothing; all of it runs on the window's own goroutine.
package screen

import (
	"fyne.io/fyne/v2"

	"linecheck/gui/model"
)

// Page is one screen in the window.
type Page struct {
	// Content is what the window shows.
	Content fyne.CanvasObject
	// First is what the keyboard acts on at first; nil for nothing.
	First fyne.Focusable
	// Update shows a later view of the same screen; nil where nothing changes.
	Update func(v model.View)
	// Key takes what is typed while nothing has the focus: it scrolls.
	Key func(e *fyne.KeyEvent)
}

// New is the page for a view. send tells the model what the person did.
func New(v model.View, send func(model.Msg)) Page {
	switch v.Screen {
	case model.Welcome:
		return newWelcome(v.Welcome, send)
	case model.Checking:
		return newChecks(v.Checks, send)
	case model.QuestionAsked:
		return newAsked(v.Asked, send)
	case model.Result:
		return newResult(v.Result, send)
	case model.Review:
		return newReview(v.Review, send)
	default:
		return newPlain(v.Plain, send)
	}
}
