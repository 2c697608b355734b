package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// NewQuestion is a question that lies above a page: its text, and a button for each
// answer, below each other. safe is the last one, which changes nothing and is what Escape says.
func NewQuestion(q model.QuestionView, answer func(int)) (content fyne.CanvasObject, safe fyne.Focusable) {
	last := len(q.Answers) - 1
	escape := func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			answer(last)
		}
	}
	lines := []fyne.CanvasObject{lineBox(title(q.Title), text(q.Text))}
	for i, label := range q.Answers {
		kind := own.Plain
		if i == last {
			kind = own.Main
		}
		b := own.NewButton(label, kind, func() { answer(i) })
		b.Other = escape
		lines = append(lines, b)
		safe = b
	}
	return container.New(layout.NewCustomPaddedLayout(12, 12, 16, 16), container.New(layout.NewCustomPaddedVBoxLayout(6), lines...)), safe
}
