package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// readable is the width that no line exceeds, in device-independent pixels.
const readable = 940

// frame is what every page has: the steps of the way, a heading, content that
// scrolls, and buttons that go back on the left and on on the right.
type frame struct {
	head        fyne.CanvasObject // scrolls with the content
	fixed       fyne.CanvasObject // above what scrolls; nil for nothing
	content     []fyne.CanvasObject
	foot        []fyne.CanvasObject // between content and buttons
	left, right []*own.Button       // nil ones are left out
	back        model.Msg           // what Escape says; nil for nothing
}

// gap is the room between two groups of things.
const gap = 12

func (m *maker) page(f frame) Page {
	// On the right there is room for the scroll bar.
	inset := layout.NewCustomPaddedLayout(6, 8, 2, 16)
	head := container.New(layout.NewCustomPaddedLayout(0, 2, 0, 0), f.head)
	body := own.NewBody(container.New(inset, container.New(layout.NewCustomPaddedVBoxLayout(gap), append([]fyne.CanvasObject{head}, f.content...)...)))
	keys := func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape && f.back != nil {
			m.send(f.back)
			return
		}
		body.Keys(e)
	}
	notice, showNotice := m.notice()
	foot := container.New(layout.NewCustomPaddedVBoxLayout(4), append(append([]fyne.CanvasObject{notice}, f.foot...), bar(f.left, f.right))...)
	header := m.header()
	for _, b := range m.buttons {
		b.Other, b.OnFocus = keys, func() { body.Reveal(b) }
	}
	for _, e := range m.fields {
		e.OnFocus = func() { body.Reveal(e) }
	}
	all := container.NewBorder(f.fixed, container.New(layout.NewCustomPaddedLayout(6, 0, 2, 2), foot), nil, nil, body)
	inner := container.New(layout.NewCustomPaddedLayout(4, 12, 20, 20), container.New(own.NewColumn(readable), all))
	p := Page{Content: container.NewBorder(header, nil, nil, nil, inner), Body: body, Key: keys, Buttons: m.buttons}
	p.Update = func(v model.View) { showNotice(v.Notice) }
	return p
}

// header is the same above every page: whose program it is, the way, and the settings.
func (m *maker) header() fyne.CanvasObject {
	mark := own.NewMark(28)
	steps := own.NewSteps(m.view.Header)
	settings := own.NewIconButton(m.view.Header.Settings, "settings", own.Quiet, func() {
		m.send(model.ShowSettings{Show: m.view.Screen != model.Settings})
	})
	m.buttons = append(m.buttons, settings)
	line := container.NewBorder(nil, nil, container.NewCenter(mark), container.NewCenter(settings), container.New(layout.NewCustomPaddedLayout(0, 0, 14, 8), steps))
	return container.NewVBox(own.NewGrounded(container.New(layout.NewCustomPaddedLayout(6, 6, 20, 12), line)), widget.NewSeparator())
}

// notice is a line above the buttons that says how something came out.
func (m *maker) notice() (fyne.CanvasObject, func(string)) {
	l := text(m.view.Notice)
	box := container.NewBorder(nil, nil, beside(own.NewIcon("info", theme.ColorNamePrimary, 20)), nil, l)
	box.Hidden = m.view.Notice == ""
	return box, func(s string) {
		if l.Text == s {
			return
		}
		l.SetText(s)
		box.Hidden = s == ""
		box.Refresh()
	}
}

// bar is the line of buttons at the bottom.
func bar(left, right []*own.Button) fyne.CanvasObject {
	back := present(left)
	return container.New(own.NewEnds(len(back), 8), append(back, present(right)...)...)
}

// row puts buttons side by side, and below each other where there is no room; nil where
// none of them is there.
func row(buttons ...*own.Button) *fyne.Container {
	there := present(buttons)
	if len(there) == 0 {
		return nil
	}
	return container.New(own.NewFlow(8), there...)
}

// present are those buttons that are there.
func present(buttons []*own.Button) (there []fyne.CanvasObject) {
	for _, b := range buttons {
		if b != nil {
			there = append(there, b)
		}
	}
	return there
}

// first is the first of the buttons that is there.
func first(buttons ...*own.Button) fyne.Focusable {
	for _, b := range buttons {
		if b != nil {
			return b
		}
	}
	return nil
}

// heading is the page's title and what it means, with an icon where it says how something came out.
func heading(tone model.Tone, title string, lines ...string) fyne.CanvasObject {
	t := text(title)
	t.SizeName, t.TextStyle.Bold = theme.SizeNameHeadingText, true
	box := lineBox(t)
	for _, l := range lines {
		if l != "" {
			box.Add(muted(l))
		}
	}
	if tone == model.Neutral || tone == "" {
		return box
	}
	return container.NewBorder(nil, nil, container.NewCenter(own.NewIcon(toneIcon(tone), toneColour(tone), 48)), nil, box)
}
