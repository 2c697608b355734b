package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// asked is a question of a check: what is asked, fields to type into where there
// are any, and a button for each answer, the usual one where the way on always is.
func (m *maker) asked(v model.AskedView) Page {
	var fields []*own.Entry
	answer := func(choice string) {
		said := model.Answered{Number: v.Number, Choice: choice}
		for _, f := range fields {
			said.Fields = append(said.Fields, f.Text)
		}
		m.send(said)
	}
	usual := v.Choices[0]
	content := []fyne.CanvasObject{section("", text(v.Text))}
	for _, name := range v.Fields {
		e := m.field()
		fields = append(fields, e)
		content = append(content, section("", strong(name), e))
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
	others := container.New(own.NewFlow(8))
	for _, c := range v.Choices[1:] {
		other := own.NewButton(c.Label, own.Plain, func() { answer(c.Choice) })
		m.buttons = append(m.buttons, other)
		others.Add(other)
	}
	content = append(content, others)
	stop := m.button(v.Stop, own.Plain)
	on := own.NewButton(usual.Label, own.Main, func() { answer(usual.Choice) })
	m.buttons = append(m.buttons, on)
	page := m.page(frame{head: heading(model.Neutral, v.Title), content: content, left: []*own.Button{stop}, right: []*own.Button{on}})
	page.First = on
	if len(fields) > 0 {
		page.First = fields[0]
	}
	return page
}
