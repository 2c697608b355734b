package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// welcome says who asks, what will be measured and what leaves the computer.
func (m *maker) welcome(v model.WelcomeView) Page {
	var content []fyne.CanvasObject
	if v.Warning != "" {
		content = append(content, warning(model.Warn, v.Warning))
	}
	if v.Note != "" {
		content = append(content, warning(model.Good, v.Note))
	}
	if len(v.Rows) > 0 {
		content = append(content, section("", table(v.Rows, false)...))
	}
	if !v.Invited {
		content = append(content, m.entry(v.Entry))
	}
	if len(v.Plan) > 0 {
		content = append(content, section(v.PlanTitle, plan(m.view.Welcome)...))
	}
	var lines []fyne.CanvasObject
	for _, l := range v.Sent {
		lines = append(lines, text(l))
	}
	content = append(content, section(v.SentTitle, lines...))
	if v.Invited {
		content = append(content, m.entry(v.Entry))
	}
	self := m.button(v.Self, own.Plain)
	retry := m.button(v.Retry, own.Plain)
	start := m.button(v.Start, own.Main)
	p := m.page(frame{head: heading(model.Neutral, v.Title, v.Lead), content: content, left: []*own.Button{self}, right: []*own.Button{retry, start}})
	p.First = first(start)
	return p
}

// plan is each check with its drawing and what it is good for.
func plan(v model.WelcomeView) []fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for i, r := range v.Plan {
		icon := beside(own.NewIcon(checkIcon(v.PlanIDs[i]), theme.ColorNamePrimary, 22))
		lines = append(lines, container.NewBorder(nil, nil, icon, nil, container.New(own.NewShares(2, 5), strong(r.Name), text(r.Value))))
	}
	return lines
}

// entry is where an invite is opened from.
func (m *maker) entry(v model.EntryView) fyne.CanvasObject {
	field := m.field()
	field.SetPlaceHolder(v.Hint)
	use := func() {
		if field.Text != "" {
			m.send(model.Use{Wish: model.Wish{Text: field.Text}})
		}
	}
	field.OnSubmitted = func(string) { use() }
	open := own.NewButton(v.Open, own.Plain, use)
	m.buttons = append(m.buttons, open)
	choose := m.iconButton(model.Button{Label: v.Choose, Says: model.Act{Action: model.Action{Do: model.ActChoose}}}, "file", own.Plain)
	line := container.NewBorder(nil, nil, nil, container.NewHBox(open, choose), container.New(layout.NewCustomPaddedLayout(3, 3, 6, 2), field))
	return section(v.Title, text(v.Text), container.New(layout.NewCustomPaddedLayout(6, 2, 0, 0), line))
}
