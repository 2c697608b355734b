package widget

import "fyne.io/fyne/v2/widget"

// Entry is Fyne's field to type into, which tells when it gets the focus.
type Entry struct {
	widget.Entry
	// OnFocus is called then; it may be nil.
	OnFocus func()
}

// NewEntry is an empty field of one line.
func NewEntry() *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	return e
}

// FocusGained shows the cursor and tells.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.OnFocus != nil {
		e.OnFocus()
	}
}
