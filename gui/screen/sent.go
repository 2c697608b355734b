package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// sent is the end of the way: what became of the report, and what comes next.
func (m *maker) sent(v model.SentView) Page {
	var content []fyne.CanvasObject
	if v.Code != "" {
		code := widget.NewLabel(v.Code)
		code.SizeName, code.TextStyle, code.Selectable = theme.SizeNameHeadingText, fyne.TextStyle{Bold: true, Monospace: true}, true
		lines := []fyne.CanvasObject{code}
		if v.CodeText != "" {
			lines = append(lines, text(v.CodeText))
		}
		content = append(content, section(v.CodeTitle, lines...))
	}
	if len(v.Rows) > 0 {
		content = append(content, section("", table(v.Rows, true)...))
	}
	if tools := row(m.iconButton(v.Reveal, "file", own.Plain), m.button(v.Support, own.Plain)); tools != nil {
		content = append(content, tools)
	}
	if v.NextTitle != "" {
		var lines []fyne.CanvasObject
		for _, l := range v.Next {
			lines = append(lines, text(l))
		}
		content = append(content, section(v.NextTitle, lines...))
	}
	closeKind := own.Plain
	if v.Retry.Label == "" {
		closeKind = own.Main
	}
	closing, retry := m.button(v.Close, closeKind), m.button(v.Retry, own.Main)
	p := m.page(frame{head: heading(v.Tone, v.Title, v.Lead), content: content, right: []*own.Button{closing, retry}})
	p.First = first(retry, closing)
	return p
}
