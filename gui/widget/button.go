// Package widget holds the few things that Fyne's own widgets lack: a button
// that Enter presses, a panel that follows the theme, a column that stays
// readable in a wide window. What they show comes from outside.
package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Button is Fyne's button, which Enter presses as well as Space.
type Button struct {
	widget.Button
	// Other takes the keys that are not the button's; it may be nil.
	Other func(*fyne.KeyEvent)
}

// NewButton is a button; main says that it is the screen's next step.
func NewButton(label string, main bool, tapped func()) *Button {
	b := &Button{}
	b.Text, b.OnTapped = label, tapped
	if main {
		b.Importance = widget.HighImportance
	}
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey presses the button on Space and Enter.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	if b.Other != nil {
		b.Other(e)
	}
}
