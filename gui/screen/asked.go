package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// newAsked is a question of a check: what is asked, fields to type into where
// there are any, and a button for each answer, the usual one where the way on always is.
func newAsked(v model.AskedView, send func(model.Msg)) Page {
	var fields []*widget.Entry
	answer := func(choice string) {
		said := model.Answered{Number: v.Number, Choice: choice}
		for _, f := range fields {
			said.Fields = append(said.Fields, f.Text)
		}
		send(said)
	}
	usual := v.Choices[0]
	var content []fyne.CanvasObject
	for _, name := range v.Fields {
		e := widget.NewEntry()
		fields = append(fields, e)
		content = append(content, strong(name), e)
	}
	for i, e := range fields {
		e.OnSubmitted = func(string) { // Enter goes to the next field, and on from the last one
			if i+1 < len(fields) {
				fyne.CurrentApp().Driver().CanvasForObject(e).Focus(fields[i+1])
				return
			}
			answer(usual.Choice)
		}
	}
	on := own.NewButton(usual.Label, true, func() { answer(usual.Choice) })
	for _, c := range v.Choices[1:] {
		other := own.NewButton(c.Label, false, func() { answer(c.Choice) })
		content = append(content, container.NewHBox(other))
	}
	page := frame{head: heading(model.Neutral, v.Title, v.Text), content: content, left: button(v.Stop, false, send, model.Stop{}), right: []*own.Button{on}}.page()
	page.First = on
	if len(fields) > 0 {
		page.First = fields[0]
	}
	return page
}
