package gui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	"linecheck/gui/screen"
)

// ask shows the question that lies above the page, or takes it away.
func (w *App) ask(q model.QuestionView) {
	if reflect.DeepEqual(q, w.asked) {
		return
	}
	w.asked = q
	if w.question != nil {
		w.question.Hide()
		w.question = nil
		w.window.Canvas().Focus(w.page.First)
	}
	if q.Title == "" {
		return
	}
	content, safe := screen.NewQuestion(q, func(answer int) { w.send(model.QuestionAnswered{Answer: answer}) })
	w.question = widget.NewModalPopUp(content, w.window.Canvas())
	w.question.Resize(fyne.NewSize(min(520, w.window.Canvas().Size().Width-40), content.MinSize().Height))
	w.question.Show()
	w.window.Canvas().Focus(safe)
}
