package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	"linecheck/gui/theme"
	own "linecheck/gui/widget"
)

// settings lets the person choose language, colours and size.
func (m *maker) settings(v model.SettingsView) Page {
	group := func(head string, options []model.PreferView, more ...fyne.CanvasObject) fyne.CanvasObject {
		flow := container.New(own.NewFlow(4))
		for _, o := range options {
			flow.Add(m.option(o))
		}
		return section(head, append([]fyne.CanvasObject{container.New(layout.NewCustomPaddedLayout(8, 4, 0, 0), flow)}, more...)...)
	}
	var unchecked []fyne.CanvasObject
	if v.Unchecked != "" {
		unchecked = append(unchecked, small(v.Unchecked))
	}
	content := []fyne.CanvasObject{
		group(v.LanguageTitle, v.Languages, unchecked...),
		group(v.LookTitle, v.Looks), group(v.SizeTitle, v.Sizes),
		section(v.TerminalTitle, append([]fyne.CanvasObject{text(v.Terminal)}, command(v.Command)...)...),
	}
	if v.Program != "" {
		content = append(content, small(v.Program))
	}
	done := m.button(v.Done, own.Main)
	p := m.page(frame{head: heading(model.Neutral, v.Title), content: content, right: []*own.Button{done}, back: v.Done.Says})
	p.First = first(done)
	p.Update = nil // whatever changes changes much
	return p
}

// command is what is typed in a terminal; it can be marked and copied.
func command(c string) []fyne.CanvasObject {
	if c == "" {
		return nil
	}
	l := widget.NewLabel(c)
	l.TextStyle.Monospace, l.Selectable, l.Wrapping = true, true, fyne.TextWrapBreak
	return []fyne.CanvasObject{l}
}

// option is one of several, in the script of its own language.
func (m *maker) option(o model.PreferView) *own.Button {
	var font fyne.Resource
	if o.Language != "" {
		font, _ = theme.ScriptFont(o.Language)
	}
	b := own.NewOption(o.Label, o.Chosen, font, func() { m.send(o.Says) })
	m.buttons = append(m.buttons, b)
	return b
}
