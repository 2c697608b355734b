package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// newWelcome says who asks, what will be measured and what leaves the computer.
func newWelcome(v model.WelcomeView, send func(model.Msg)) Page {
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
	if len(v.Plan) > 0 {
		content = append(content, section(v.PlanTitle, text(list(v.Plan))))
	}
	if len(v.Sent) > 0 {
		var lines []fyne.CanvasObject
		for _, l := range v.Sent {
			lines = append(lines, text(l))
		}
		content = append(content, section(v.SentTitle, lines...))
	}
	choice := newSound(v.Sound, send)
	content = append(content, choice.all)
	start := own.NewButton(v.Start, true, func() { send(model.Start{}) })
	p := frame{head: heading(model.Neutral, v.Title, v.Lead), content: content, left: button(v.Retry, false, send, model.Retry{}), right: []*own.Button{start}}.page()
	p.First = start
	p.Update = func(v model.View) { choice.show(v.Welcome.Sound) } // devices are found, and come and go
	return p
}

// list is names with their notes in one paragraph.
func list(rows []model.Row) string {
	var names []string
	for _, r := range rows {
		if r.Value != "" {
			r.Name += " (" + r.Value + ")"
		}
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ") + "."
}
