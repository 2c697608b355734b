package screen

import (
	"fyne.io/fyne/v2"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// plain is a page with a few lines and buttons. Closing is asked for like the
// window's own close button.
func (m *maker) plain(v model.PlainView) Page {
	var content []fyne.CanvasObject
	if len(v.Rows) > 0 {
		content = append(content, section("", table(v.Rows, true)...))
	}
	closing, other, next := m.button(v.Close, own.Plain), m.button(v.Other, own.Plain), m.button(v.Next, own.Main)
	p := m.page(frame{head: heading(v.Tone, v.Title, v.Lines...), content: content, left: []*own.Button{closing}, right: []*own.Button{other, next}})
	p.First = first(next, closing)
	return p
}
