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
	licences := m.button(v.Licences, own.Quiet)
	content = append(content, program(v.Program, licences))
	done := m.button(v.Done, own.Main)
	p := m.page(frame{head: heading(model.Neutral, v.Title), content: content, right: []*own.Button{done}, back: v.Done.Says})
	p.First, p.Deeper = first(done), first(licences)
	p.Update = nil // whatever changes changes much
	return p
}

// program says what program this is, and beside it what it is made of.
func program(name string, licences *own.Button) fyne.CanvasObject {
	line := container.New(own.NewFlow(4))
	if name != "" {
		l := small(name)
		l.Wrapping = fyne.TextWrapOff
		line.Add(container.New(layout.NewCustomPaddedLayout(5, 0, 0, 0), l)) // at the height of the button's label
	}
	for _, b := range present([]*own.Button{licences}) {
		line.Add(b)
	}
	return line
}

// licences is the text of the licences. It is far too long for a label.
func (m *maker) licences(v model.LicencesView) Page {
	back := m.button(v.Back, own.Plain)
	body := container.New(layout.NewCustomPaddedLayout(0, 0, 9, 0), own.NewLongText(v.Text)) // as far from the edge as the heading
	p := m.page(frame{head: heading(model.Neutral, v.Title, v.Lead), content: []fyne.CanvasObject{body}, left: []*own.Button{back}, back: v.Back.Says})
	p.First = first(back)
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
